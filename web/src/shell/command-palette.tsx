import { FileTextIcon, KeyboardIcon, PlusIcon, SunIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { type ReactNode, useDeferredValue, useState } from "react";
import { setTheme, themes } from "../lib/theme.ts";
import { postsQuery } from "../posts/queries.ts";
import { Kbd } from "../ui/kbd.tsx";
import { paletteText, shellText } from "./messages.ts";
import { destinations, furtherPlaces } from "./navigation.tsx";
import { useNewPost } from "./new-post.tsx";

/** Everything by name: places, actions, and posts by their words. */
export function CommandPalette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate();
  const newPost = useNewPost();
  const [search, setSearch] = useState("");
  const words = useDeferredValue(search.trim());
  const found = useQuery({ ...postsQuery({ q: words, limit: 6 }), enabled: words.length > 1 });

  function run(action: () => void): () => void {
    return () => {
      onClose();
      action();
    };
  }

  return (
    <Command.Dialog
      open
      onOpenChange={onClose}
      label={paletteText.label}
      overlayClassName="fixed inset-0 z-40 animate-fade bg-black/30 dark:bg-black/60"
      contentClassName="fixed inset-x-3 top-3 z-50 mx-auto max-w-xl animate-enter overflow-hidden rounded-xl border border-line bg-raised shadow-high sm:top-[14vh]"
    >
      <Command.Input
        value={search}
        onValueChange={setSearch}
        placeholder={paletteText.placeholder}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-lg outline-none"
      />
      <Command.List className="max-h-[min(60dvh,24rem)] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint">
        <Command.Empty className="px-4 py-8 text-center text-dim">{paletteText.empty}</Command.Empty>
        <Command.Group heading={paletteText.actions}>
          {newPost ? (
            <Item icon={<PlusIcon />} keys="c" onSelect={run(newPost)}>
              {shellText.newPost}
            </Item>
          ) : null}
          <Item icon={<KeyboardIcon />} keys="?" onSelect={run(onHelp)}>
            {shellText.shortcuts}
          </Item>
          {themes.map((theme) => (
            <Item key={theme} icon={<SunIcon />} onSelect={run(() => setTheme(theme))}>
              {paletteText.themeTo(shellText.themes[theme])}
            </Item>
          ))}
        </Command.Group>
        <Command.Group heading={paletteText.goTo}>
          {destinations.map(({ to, name, icon: Icon, keys }) => (
            <Item key={to} icon={<Icon />} keys={keys} onSelect={run(() => void navigate({ to }))}>
              {shellText[name]}
            </Item>
          ))}
          {furtherPlaces.map(({ to, name, icon: Icon }) => (
            <Item key={to} icon={<Icon />} onSelect={run(() => void navigate({ to }))}>
              {shellText[name]}
            </Item>
          ))}
        </Command.Group>
        {found.data?.items.length ? (
          <Command.Group heading={paletteText.posts}>
            {found.data.items.map((post) => (
              <Item
                key={post.id}
                icon={<FileTextIcon />}
                value={`${post.title} ${post.id}`}
                // The server has found it, perhaps by words that the title lacks.
                keywords={[search]}
                onSelect={run(() => void navigate({ to: "/posts/$postId", params: { postId: post.id } }))}
              >
                <bdi>{post.title}</bdi>
              </Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command.Dialog>
  );
}

type ItemProps = {
  icon: ReactNode;
  keys?: string;
  value?: string;
  keywords?: string[];
  onSelect: () => void;
  children: ReactNode;
};

function Item({ icon, keys, value, keywords, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      onSelect={onSelect}
      {...(value ? { value } : {})}
      {...(keywords ? { keywords } : {})}
      className="flex h-9 cursor-pointer items-center gap-3 rounded-md px-2.5 text-sm data-[selected=true]:bg-fill [&_svg]:text-faint"
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys ? (
        <span className="flex gap-1">
          {keys.split(" ").map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </span>
      ) : null}
    </Command.Item>
  );
}
