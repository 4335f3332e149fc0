import { FileTextIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMe } from "../account/use-me.ts";
import type { Decision, Post } from "../api/types.ts";
import { formatMoment, formatMomentWithZone } from "../lib/format.ts";
import { authorship } from "../posts/authorship.ts";
import { Card } from "../ui/layout.tsx";
import { postText } from "./messages.ts";

/** Who, when, and from what. */
export function PostFacts({ post }: { post: Post }) {
  const { workspace } = useMe();
  return (
    <aside className="grid content-start gap-4">
      <Card className="p-4">
        <h2 className="mb-3 text-sm font-semibold">{postText.details}</h2>
        <dl className="grid gap-2.5 text-sm">
          {post.scheduled ? (
            <Fact label={postText.scheduled}>
              {formatMomentWithZone(post.scheduled.at, post.scheduled.zone)}
            </Fact>
          ) : null}
          {post.series ? (
            <Fact label={postText.series}>
              <Link
                to="/series/$seriesId"
                params={{ seriesId: post.series.id }}
                className="text-accent-ink hover:underline"
              >
                {seriesFact(post.series)}
              </Link>
              {post.series.reason ? <span className="block text-warn-ink">{post.series.reason}</span> : null}
            </Fact>
          ) : null}
          <Fact label={postText.author}>{authorship(post)}</Fact>
          <Fact label={postText.created}>{formatMoment(post.createdAt, workspace.timeZone)}</Fact>
          <Fact label={postText.versionLabel}>{post.version}</Fact>
        </dl>
      </Card>
      <Card className="p-4">
        <h2 className="mb-2 text-sm font-semibold">{postText.approval}</h2>
        {post.lastDecision ? (
          <DecisionText decision={post.lastDecision} timeZone={workspace.timeZone} />
        ) : (
          <p className="text-sm text-faint">{postText.noApproval}</p>
        )}
      </Card>
      {post.sources.length > 0 ? (
        <Card className="p-4">
          <h2 className="mb-3 text-sm font-semibold">{postText.sources}</h2>
          <ul className="grid gap-3 text-sm">
            {post.sources.map((source) => (
              <li key={`${source.kind}${source.url}${source.title}`} className="flex gap-2.5">
                <FileTextIcon aria-hidden="true" className="mt-1 shrink-0 text-faint" />
                <div className="min-w-0">
                  {source.url ? (
                    <a
                      dir="auto"
                      href={source.url}
                      target="_blank"
                      rel="noreferrer"
                      className="font-medium break-words text-accent-ink hover:underline"
                    >
                      {source.title ?? source.url}
                    </a>
                  ) : (
                    <p dir="auto" className="font-medium break-words">
                      {source.title ?? source.kind}
                    </p>
                  )}
                  {source.excerpt ? (
                    <p dir="auto" className="line-clamp-3 text-faint">
                      {source.excerpt}
                    </p>
                  ) : null}
                </div>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </aside>
  );
}

function seriesFact({ role, date, follows }: NonNullable<Post["series"]>): string {
  if (role === "template") return postText.template;
  return follows ? postText.occurrence(date ?? "") : postText.occurrenceLeft(date ?? "");
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-faint">{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function DecisionText({ decision, timeZone }: { decision: Decision; timeZone: string }) {
  const name = decision.decidedBy?.name ?? postText.someone;
  const when = formatMoment(decision.decidedAt, timeZone);
  const approved = decision.decision === "approved";
  const bound = decision.boundAt
    ? postText.boundAt(formatMomentWithZone(decision.boundAt, timeZone))
    : postText.boundAny;
  return (
    <div className="grid gap-1 text-sm">
      <p>
        {approved ? postText.approvedBy(name, when) : postText.changesBy(name, when)}
        {approved ? `, ${bound}` : ""}
      </p>
      <p className="text-xs text-faint">{postText.version(decision.version)}</p>
      {decision.note ? (
        <blockquote dir="auto" className="mt-1 border-s-2 border-line-strong ps-3 text-dim">
          {decision.note}
        </blockquote>
      ) : null}
      {decision.voidedAt ? (
        <p className="text-warn-ink">{postText.voided(decision.voidedReason ?? "")}</p>
      ) : null}
    </div>
  );
}
