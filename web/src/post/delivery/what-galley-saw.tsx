import { ExternalLinkIcon } from "@radix-ui/react-icons";
import { useMe } from "../../account/use-me.ts";
import type { Attempt } from "../../api/types.ts";
import { formatMoment, formatTime } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { doubtText } from "../messages.ts";

type Doubt = NonNullable<Attempt["doubt"]>;
type WhatGalleySawProps = { attempt: Attempt; doubt: Doubt; onPick: ((url: string) => void) | null };

/** Why nothing is proven, what was read and when, and each post that may be it; `onPick`: a person says which it is. */
export function WhatGalleySaw({ attempt, doubt, onPick }: WhatGalleySawProps) {
  const { workspace } = useMe();
  const time = (instant: string) => formatTime(instant, workspace.timeZone, true);
  const looked = attempt.lookedAt === null ? null : doubtText.looked(attempt.looks, time(attempt.lookedAt));
  return (
    <div className="mt-2 text-sm">
      <p className="break-words">{doubt.message}</p>
      <p className="mt-1">
        {[doubtText.sent(time(attempt.intentAt)), looked, reach(doubt, workspace.timeZone)]
          .filter((part) => part !== null)
          .join(" ")}
      </p>
      {doubt.seen.length > 0 ? (
        <>
          <p className="mt-2 font-medium">{doubtText.seen(doubt.seen.length)}</p>
          <ul aria-label={doubtText.list} className="mt-1 grid gap-2">
            {doubt.seen.map((post, index) => (
              <li
                key={post.url ?? index}
                className="flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-lg bg-surface/70 px-3 py-2"
              >
                <span className="min-w-0 flex-1 basis-64">
                  <Address url={post.url} />
                  <span className="block text-xs">
                    {doubtText[post.likeness]}
                    {post.createdAt === null
                      ? ""
                      : `, ${doubtText.dated(formatMoment(post.createdAt, workspace.timeZone))}`}
                  </span>
                </span>
                {post.url !== null && onPick ? (
                  <Button size="sm" onClick={() => onPick(post.url ?? "")}>
                    {doubtText.pick}
                    <span className="sr-only"> {post.url}</span>
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

/** How far back the list was whole; nothing where no list was read. */
function reach({ reason, coversFrom }: Doubt, zone: string): string | null {
  if (reason === "unsupported" || reason === "unreadable") return null;
  if (coversFrom === null) return doubtText.unknownReach;
  return new Date(coversFrom).getTime() === 0
    ? doubtText.whole
    : doubtText.back(formatMoment(coversFrom, zone));
}

/** A post on a platform, in a tab of its own; words where it has no address. */
export function Address({ url }: { url: string | null }) {
  if (url === null) return <span className="break-words">{doubtText.noAddress}</span>;
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      className="rounded-sm font-medium break-all underline underline-offset-2"
    >
      {url}
      <ExternalLinkIcon aria-hidden="true" className="ms-1 inline align-[-0.125em]" />
      <span className="sr-only"> {doubtText.newTab}</span>
    </a>
  );
}
