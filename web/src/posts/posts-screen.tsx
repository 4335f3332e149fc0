import { FileTextIcon, MagnifyingGlassIcon, PlusIcon } from "@radix-ui/react-icons";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { messageOf } from "../api/problem.ts";
import { NewPostButton } from "../shell/new-post.tsx";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/field.tsx";
import { Card, Empty, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { postsText } from "./messages.ts";
import { PostRow } from "./post-row.tsx";
import { postListQuery } from "./queries.ts";

const route = getRouteApi("/shell/posts");

const filters = [
  { value: "all", statuses: undefined },
  { value: "draft", statuses: "draft" },
  { value: "in_review", statuses: "in_review" },
  { value: "approved", statuses: "approved" },
  { value: "scheduled", statuses: "scheduled,publishing" },
  { value: "published", statuses: "published" },
  { value: "trouble", statuses: "waiting_for_channel,partly,failed,missed" },
] as const;

export function PostsScreen() {
  const { status = "all", q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = filters.find((filter) => filter.value === status) ?? filters[0];
  const posts = useInfiniteQuery({
    ...postListQuery({ status: chosen.statuses, q: q || undefined }),
    placeholderData: keepPreviousData,
  });
  const items = posts.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = status !== "all" || q !== "";

  return (
    <Page>
      <PageHeader
        title={postsText.title}
        lead={postsText.lead}
        actions={
          <NewPostButton>
            <PlusIcon aria-hidden="true" />
            {postsText.newPost}
          </NewPostButton>
        }
      />
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <div className="max-w-full overflow-x-auto [scrollbar-width:none]">
          <Segmented
            label={postsText.filter}
            value={chosen.value}
            options={filters.map(({ value }) => ({ value, label: postsText.filters[value] }))}
            onChange={(value) =>
              void navigate({
                search: { ...(value === "all" ? {} : { status: value }), ...(q ? { q } : {}) },
              })
            }
          />
        </div>
        <Search
          value={q}
          onSearch={(words) =>
            void navigate({
              search: { ...(status === "all" ? {} : { status }), ...(words ? { q: words } : {}) },
              replace: true,
            })
          }
        />
      </div>
      <Card>
        {posts.isPending ? <SkeletonRows rows={6} label={postsText.loading} /> : null}
        {posts.isError ? (
          <Notice tone="bad" className="m-4">
            {messageOf(posts.error)}
          </Notice>
        ) : null}
        {posts.isSuccess && items.length > 0 ? (
          <ul className="divide-y divide-line overflow-hidden rounded-xl">
            {items.map((post) => (
              <PostRow key={post.id} post={post} />
            ))}
          </ul>
        ) : null}
        {posts.isSuccess && items.length === 0 ? (
          <Nothing filtered={filtered} onClear={() => void navigate({ search: {} })} />
        ) : null}
      </Card>
      {posts.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button busy={posts.isFetchingNextPage} onClick={() => void posts.fetchNextPage()}>
            {postsText.more}
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

/** Searches while typing, a moment after the last key. */
function Search({ value, onSearch }: { value: string; onSearch: (words: string) => void }) {
  const [words, setWords] = useState(value);
  useEffect(() => {
    if (words === value) return undefined;
    const timer = setTimeout(() => onSearch(words.trim()), 250);
    return () => clearTimeout(timer);
  }, [words, value, onSearch]);
  return (
    <div className="relative min-w-52 flex-1">
      <MagnifyingGlassIcon aria-hidden="true" className="absolute top-2 start-2.5 text-faint" />
      <Input
        type="search"
        aria-label={postsText.search}
        placeholder={postsText.search}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        className="h-8 ps-8 text-sm"
      />
    </div>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <Empty
        icon={<MagnifyingGlassIcon />}
        title={postsText.noneTitle}
        action={<Button onClick={onClear}>{postsText.clear}</Button>}
      >
        {postsText.none}
      </Empty>
    );
  }
  return (
    <Empty
      icon={<FileTextIcon />}
      title={postsText.emptyTitle}
      action={<NewPostButton>{postsText.newPost}</NewPostButton>}
    >
      {postsText.empty}
    </Empty>
  );
}
