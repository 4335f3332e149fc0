import { sql } from "kysely";
import { connectorRegistry } from "#connectors";
import { GalleyError } from "#kit";
import type { ConnectedChannel, Harness } from "./harness.ts";
import type { Target, Visible } from "./platforms.ts";

/** A delivery about which Galley asks what became of one of its items. */
type Question = {
  id: string;
  channelId: string;
  connector: string;
  why: string;
  /** The text of the item whose answer was lost. */
  text: string;
};

/** One question, as it was answered. */
export type Answered = {
  channel: ConnectedChannel | undefined;
  why: string;
  /** Galley can read the platform back by itself. */
  readable: boolean;
  /** What the page showed was enough to answer it: it names the post, or there is none. */
  byPage: boolean;
};

const connectors = connectorRegistry();

/**
 * Answers what Galley asks. Where a platform cannot be read back, a person looks: what the journal holds is live under
 * its address, and what it does not hold never was, since Galley asks only when the platform's latest moment has
 * passed. Where Galley could have looked by itself, it is told to look once more; or a person looks there too
 * (`looks`), first at the addresses that the page names, then at what else the account shows.
 */
export async function answerQuestions(
  harness: Harness,
  looks: boolean,
  told: (answered: Answered) => void,
): Promise<void> {
  const { database, deliveries, author, connected } = harness;
  const { rows } = await sql<Question>`
    select d.id, d.channel_id as "channelId", d.connector, d.error_message as why,
      coalesce(d.content -> 'variant' -> 'parts' ->> a.item, d.content -> 'variant' ->> 'firstComment') as text
    from deliveries d
    join delivery_attempts a on a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.state = 'ambiguous'
    where d.state = 'needs_human'`.execute(database.system);
  for (const [id, questions] of Map.groupBy(rows, ({ connector }) => connector)) {
    const readable = connectors.get(id)?.locate !== "unsupported";
    const target = connected.find((channel) => channel.target.id === id)?.target;
    const journal = readable && !looks ? [] : ((await target?.journal(harness)) ?? []);
    for (const question of questions) {
      const { why } = question;
      const channel = connected.find((one) => one.id === question.channelId);
      // Connected again, it can be read.
      if (readable && (!looks || why.startsWith("The platform could not be read"))) {
        await deliveries.retry(author, question.id);
        told({ channel, why, readable, byPage: true });
        continue;
      }
      const own = journal.filter(
        (post) => post.account === channel?.account && post.text === question.text && post.from !== "person",
      );
      const named = new Set(seenIn(question).map(bare));
      const live = await answer(harness, question, channel?.target, [
        ...own.filter(({ url }) => named.has(bare(url))),
        ...own.filter(({ url }) => !named.has(bare(url))),
      ]);
      told({ channel, why, readable, byPage: live === null || named.has(bare(live.url)) });
    }
  }
}

/** The addresses that the page about a delivery names as what Galley has seen. */
function seenIn({ why }: Question): string[] {
  return why.match(/https?:\/\/[^\s,]+[^\s,.]/gu) ?? [];
}

function bare(url: string): string {
  return url.replace(/\/$/u, "");
}

/** Says that it is live under the first of these that is not another delivery's, or that it is not; returns which. */
async function answer(
  { deliveries, author }: Harness,
  { id }: Question,
  target: Target | undefined,
  own: readonly Visible[],
): Promise<Visible | null> {
  for (const post of own) {
    try {
      await deliveries.resolve(author, id, { outcome: "live", url: target?.asShown(post.url) ?? post.url });
      return post;
    } catch (error) {
      if (!(error instanceof GalleyError) || error.code !== "delivery.address_taken") throw error;
    }
  }
  await deliveries.resolve(author, id, { outcome: "absent" });
  return null;
}
