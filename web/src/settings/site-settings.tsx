import { ExternalLinkIcon, GlobeIcon } from "@radix-ui/react-icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { useCan, useMe } from "../account/use-me.ts";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { SiteSettings as Settings } from "../api/types.ts";
import { CopyLine } from "../channels/copy-line.tsx";
import { channelsQuery } from "../channels/queries.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input, Textarea } from "../ui/field.tsx";
import { Card, CardHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { SwitchField } from "../ui/switch-field.tsx";
import { settingsText, siteText } from "./messages.ts";
import { siteQuery } from "./queries.ts";

type Draft = Pick<Settings, "slug" | "title" | "description" | "language" | "public">;

const pointers = ["/slug", "/title", "/description", "/language"];

/** The workspace's own pages: what they are called, where they are, and whether everybody may read them. */
export function SiteSettings() {
  const site = useQuery(siteQuery);
  const { workspace } = useMe();
  if (site.isPending) return <SkeletonRows rows={4} label={siteText.loading} />;
  if (site.isError) return <Notice tone="bad">{messageOf(site.error)}</Notice>;
  const fresh = { slug: slugOf(workspace.name), title: workspace.name, description: "", public: true };
  return (
    <>
      <SiteForm
        key={site.data ? "saved" : "new"}
        saved={site.data}
        start={site.data ?? { ...fresh, language: navigator.language }}
      />
      {site.data ? <Addresses site={site.data} /> : null}
    </>
  );
}

/** A proposal for an address, of what the workspace is called. */
function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60);
}

function SiteForm({ saved, start }: { saved: Settings | null; start: Draft }) {
  const allowed = useCan("channels.manage");
  const queryClient = useQueryClient();
  const refresh = useRefresh("site");
  const [draft, setDraft] = useState<Draft>(start);
  const save = useMutation({
    mutationFn: ({ slug, title, description, language, public: isPublic }: Draft) =>
      call("changeSite", { body: { slug, title, description, language, public: isPublic } }),
    onSuccess: async (settings, sent) => {
      queryClient.setQueryData(siteQuery.queryKey, settings);
      // As the server has written it, unless somebody has gone on meanwhile.
      setDraft((now) => (now === sent ? settings : now));
      // The form that connects the site shows what stands here.
      await refresh();
      toast.success(settingsText.saved);
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate(draft);
  }

  return (
    <Card>
      <CardHeader
        title={siteText.title}
        lead={siteText.lead}
        action={
          saved?.public ? (
            <Button asChild size="sm">
              <a href={saved.url} target="_blank" rel="noreferrer">
                {siteText.open}
                <ExternalLinkIcon aria-hidden="true" />
              </a>
            </Button>
          ) : null
        }
      />
      <form onSubmit={submit} noValidate>
        <fieldset disabled={!allowed} className="grid gap-5 p-5">
          {allowed ? null : <Notice>{settingsText.readOnly}</Notice>}
          {isGeneral(save.error, pointers) ? <Notice tone="bad">{messageOf(save.error)}</Notice> : null}
          <Field label={siteText.name} error={fieldError(save.error, "/title")}>
            {(field) => (
              <Input
                {...field}
                value={draft.title}
                onChange={(event) => setDraft({ ...draft, title: event.target.value })}
              />
            )}
          </Field>
          <Field
            label={siteText.description}
            help={siteText.descriptionHelp}
            error={fieldError(save.error, "/description")}
          >
            {(field) => (
              <Textarea
                {...field}
                rows={2}
                className="min-h-16"
                maxLength={500}
                value={draft.description}
                onChange={(event) => setDraft({ ...draft, description: event.target.value })}
              />
            )}
          </Field>
          <div className="grid items-start gap-5 sm:grid-cols-[2fr_1fr]">
            <Field
              label={siteText.address}
              help={siteText.addressHelp(draft.slug)}
              error={fieldError(save.error, "/slug")}
            >
              {(field) => (
                <Input
                  {...field}
                  autoCapitalize="none"
                  spellCheck={false}
                  value={draft.slug}
                  onChange={(event) => setDraft({ ...draft, slug: event.target.value })}
                />
              )}
            </Field>
            <Field
              label={siteText.language}
              help={siteText.languageHelp}
              error={fieldError(save.error, "/language")}
            >
              {(field) => (
                <Input
                  {...field}
                  autoCapitalize="none"
                  spellCheck={false}
                  value={draft.language}
                  onChange={(event) => setDraft({ ...draft, language: event.target.value })}
                />
              )}
            </Field>
          </div>
          {saved && draft.slug !== saved.slug ? <Notice tone="warn">{siteText.moves}</Notice> : null}
          <SwitchField
            label={siteText.public}
            help={siteText.publicHelp}
            checked={draft.public}
            onCheckedChange={(isPublic) => setDraft({ ...draft, public: isPublic })}
          />
        </fieldset>
        {allowed ? (
          <div className="flex justify-end border-t border-line px-5 py-3">
            <Button type="submit" variant="primary" busy={save.isPending}>
              {saved ? settingsText.save : siteText.make}
            </Button>
          </div>
        ) : null}
      </form>
    </Card>
  );
}

const feeds = ["rss", "atom", "json", "sitemap", "entries"] as const;

function Addresses({ site }: { site: Settings }) {
  const channels = useQuery(channelsQuery);
  const connected = channels.data?.some(
    ({ connector, status }) => connector === "site" && status === "connected",
  );
  return (
    <Card>
      <CardHeader
        title={siteText.addresses}
        lead={site.public ? siteText.addressesLead : siteText.switchedOff}
      />
      <div className="grid gap-4 p-5">
        {channels.isSuccess && !connected ? (
          <Notice
            action={
              <Button asChild size="sm">
                <Link to="/channels">
                  <GlobeIcon aria-hidden="true" />
                  {siteText.toChannels}
                </Link>
              </Button>
            }
          >
            {siteText.notConnected}
          </Notice>
        ) : null}
        <CopyLine label={siteText.page} value={site.url} href={site.public ? site.url : null} />
        {feeds.map((feed) => (
          <CopyLine
            key={feed}
            label={siteText.feeds[feed]}
            value={site.feeds[feed]}
            href={site.public ? site.feeds[feed] : null}
          />
        ))}
      </div>
    </Card>
  );
}
