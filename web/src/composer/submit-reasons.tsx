import type { Channel, VariantCheck } from "../api/types.ts";
import { postText } from "../post/messages.ts";
import { errorsOf } from "../post/problem-links.tsx";
import { composerText } from "./messages.ts";
import type { Content } from "./use-saving.ts";

type ReasonsProps = {
  id: string;
  content: Content;
  checks: VariantCheck[];
  channels: Channel[];
  onGo: (channelId: string, path: string) => void;
};

/** Whether nothing keeps the text on the screen from being submitted. */
export function isReady(content: Content, checks: VariantCheck[]): boolean {
  return content.variants.length > 0 && errorsOf({ checks }).length === 0;
}

/** Why a post can't be submitted yet; each reason leads to its field. */
export function SubmitReasons({ id, content, checks, channels, onGo }: ReasonsProps) {
  if (isReady(content, checks)) return null;
  const errors = errorsOf({ checks });
  return (
    <div id={id} className="mb-3 text-xs text-dim sm:text-end">
      <p className="inline font-medium">{composerText.submitWhen} </p>
      {content.variants.length === 0 ? <p className="inline">{composerText.noVariants}</p> : null}
      <ul className="inline">
        {errors.map(({ channelId, code, path, message }) => (
          <li key={`${channelId} ${code} ${path}`} className="inline not-last:after:content-['_·_']">
            <button
              type="button"
              className="text-start text-accent-ink underline underline-offset-3"
              onClick={() => onGo(channelId, path)}
            >
              {postText.problemOf(channels.find((one) => one.id === channelId)?.handle ?? "", message)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
