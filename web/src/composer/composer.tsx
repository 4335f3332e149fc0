import { ArrowLeftIcon, FileTextIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import type { Channel, Connector, Post, Variant } from "../api/types.ts";
import { refusal } from "../post/allowed.ts";
import { PostStatusLabel } from "../posts/post-status.tsx";
import { Preview } from "../preview/preview.tsx";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/field.tsx";
import { Empty, Page } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { TabPanel, Tabs } from "../ui/tabs.tsx";
import { ChannelTabs, RemoveChannel } from "./channel-tabs.tsx";
import { emptyVariant, type Target, targetOf } from "./channel-variants.ts";
import { ComposerActions } from "./composer-actions.tsx";
import { Consequences, Restored } from "./consequences.tsx";
import { type Arrived, useUploads } from "./media/use-uploads.ts";
import { composerText } from "./messages.ts";
import { SaveProblem, SaveStatus } from "./save-status.tsx";
import { SubmitReasons } from "./submit-reasons.tsx";
import { useCheck } from "./use-check.ts";
import { useComposer } from "./use-composer.ts";
import { useFieldPlace } from "./use-field-place.ts";
import type { Content } from "./use-saving.ts";
import { VariantEditor } from "./variant-editor.tsx";

type ComposerProps = {
  post: Post;
  channels: Channel[];
  connectors: Connector[];
  /** The field to begin in, as an address names it. */
  at: string | undefined;
};

/** Where a post is written: a tab per channel, the platform's own counters, and the preview beside it. */
export function Composer({ post, channels, connectors, at }: ComposerProps) {
  const composer = useComposer(post);
  const { content, change } = composer;
  const checks = useCheck(content.variants, post);
  const [tab, setTab] = useState(content.variants[0]?.channelId ?? "");
  const shown = content.variants.some((variant) => variant.channelId === tab)
    ? tab
    : content.variants[0]?.channelId;
  const locked = refusal(post, "edit") !== null;
  const reasonsId = useId();
  const { panel, goTo } = useFieldPlace({ at, variants: content.variants, shown, onTab: setTab });

  const uploadsOf = useUploads((arrived) =>
    change({ ...content, variants: content.variants.map((variant) => withMedia(variant, arrived)) }),
  );

  const variants = variantsOf(content, change);

  function add(channelId: string): void {
    variants.add(channelId);
    setTab(channelId);
  }

  return (
    <Page width="full">
      <div className="mx-auto max-w-6xl">
        <SeriesNotice series={post.series} />
        <Head>
          <PostStatusLabel status={post.status} />
          <SaveStatus state={composer.state} />
          <div className="ms-auto">
            <ComposerActions
              post={post}
              content={content}
              checks={checks}
              onSave={composer.save}
              channels={channels}
              reasonsId={reasonsId}
              onRestore={composer.restore}
            />
          </div>
        </Head>
        {post.status === "draft" && post.series?.role !== "template" && !locked ? (
          <SubmitReasons id={reasonsId} content={content} checks={checks} channels={channels} onGo={goTo} />
        ) : null}
        <h1 className="sr-only">{content.title}</h1>
        <Input
          aria-label={composerText.title}
          placeholder={composerText.titlePlaceholder}
          value={content.title}
          disabled={locked}
          onChange={(event) => change({ ...content, title: event.target.value })}
          className="mb-4 h-11 border-transparent bg-transparent px-0 text-xl font-semibold tracking-tight shadow-none hover:border-transparent focus:border-transparent focus:outline-none"
        />
        <div className="mb-4 grid gap-3 empty:hidden">
          <SaveProblem
            state={composer.state}
            onRetry={() => void composer.save()}
            onTakeTheirs={() => void composer.takeTheirs()}
            onKeepMine={() => void composer.keepMine()}
          />
          {locked ? <Notice>{refusal(post, "edit")}</Notice> : <Consequences post={post} />}
          {composer.restored && composer.state.kind === "unsaved" ? (
            <Restored
              waiting={composer.waiting}
              onSave={() => void composer.keepRestored()}
              onDrop={() => void composer.dropRestored()}
            />
          ) : null}
        </div>
        <Tabs {...(shown ? { value: shown } : {})} onValueChange={setTab}>
          <ChannelTabs
            variants={content.variants}
            channels={channels}
            connectors={connectors}
            checks={checks}
            disabled={locked}
            onAdd={add}
          />
          {content.variants.map((variant) => {
            const target = targetOf(variant.channelId, channels, connectors);
            if (!target) return null;
            return (
              <TabPanel
                key={variant.channelId}
                value={variant.channelId}
                className="grid grid-cols-1 gap-8 pt-5 lg:grid-cols-[minmax(0,1fr)_22rem]"
              >
                <div ref={panel} className="min-w-0">
                  <VariantEditor
                    variant={variant}
                    target={target}
                    check={checks.find((check) => check.channelId === variant.channelId)}
                    disabled={locked}
                    underWay={uploadsOf(variant.channelId)}
                    onChange={variants.set}
                  />
                  {locked ? null : (
                    <div className="mt-6 border-t border-line pt-3">
                      <RemoveChannel
                        handle={target.channel.handle}
                        onRemove={() => variants.remove(variant.channelId)}
                      />
                    </div>
                  )}
                </div>
                <PreviewBeside target={target} content={variant.content} />
              </TabPanel>
            );
          })}
        </Tabs>
        {content.variants.length === 0 ? (
          <Empty icon={<FileTextIcon />} title={composerText.noVariantsTitle}>
            {composerText.noVariants}
          </Empty>
        ) : null}
      </div>
    </Page>
  );
}

/** What is done to the variants of a post as a whole. */
function variantsOf(content: Content, change: (next: Content) => void) {
  const { variants } = content;
  return {
    set: (next: Variant) =>
      change({
        ...content,
        variants: variants.map((variant) => (variant.channelId === next.channelId ? next : variant)),
      }),
    add: (channelId: string) => {
      const parts = variants[0]?.content.parts;
      const added = emptyVariant(channelId, parts ? [parts.join("\n\n")] : [""]);
      change({ ...content, variants: [...variants, added] });
    },
    remove: (channelId: string) =>
      change({ ...content, variants: variants.filter((variant) => variant.channelId !== channelId) }),
  };
}

/** The way back, and what stands beside it. */
function Head({ children }: { children: ReactNode }) {
  return (
    <div className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button asChild variant="ghost" size="sm" className="-ms-2.5">
        <Link to="/posts">
          <ArrowLeftIcon aria-hidden="true" className="rtl:-scale-x-100" />
          {composerText.back}
        </Link>
      </Button>
      {children}
    </div>
  );
}

/** What an edit means for the other posts of a series. */
function SeriesNotice({ series }: Pick<Post, "series">) {
  const words =
    series?.role === "template"
      ? composerText.templateNotice
      : series?.follows
        ? composerText.occurrenceNotice
        : null;
  if (words === null) return null;
  return (
    <Notice tone="warn" className="mb-4">
      {words}
    </Notice>
  );
}

function PreviewBeside({ target, content }: { target: Target; content: Variant["content"] }) {
  return (
    <div className="min-w-0 lg:sticky lg:top-4 lg:self-start">
      <h2 className="mb-2 text-xs font-medium text-faint">{composerText.preview}</h2>
      <Preview channel={target.channel} platform={target.connector.name} content={content} />
    </div>
  );
}

/** Of what was uploaded, a channel gets its own; a channel that has left the post gets nothing. */
function withMedia(variant: Variant, arrived: Arrived[]): Variant {
  const own = arrived.filter(({ channelId }) => channelId === variant.channelId);
  if (own.length === 0) return variant;
  const media = [...variant.content.media, ...own.map(({ attached }) => attached)];
  return { ...variant, content: { ...variant.content, media } };
}
