import { connectorRegistry } from "#connectors";
import { sql } from "kysely";
import type { House } from "./house.ts";

/** A delivery about which Galley asks what became of one of its items. */
type Question = {
  id: string;
  channelId: string;
  connector: string;
  why: string;
  /** The text of the item whose answer was lost. */
  text: string;
};

const connectors = connectorRegistry();

/**
 * Answers what Galley asks. Where a platform cannot be read back, a person looks: what the journal holds is live under
 * its address, and what it does not hold never was, since Galley asks only when the platform's latest moment has
 * passed. Where Galley could have looked by itself, it is told to look once more.
 */
export async function answerQuestions(
  house: House,
  told: (question: { why: string; readable: boolean }) => void,
): Promise<void> {
  const { database, deliveries, author, connected } = house;
  const { rows } = await sql<Question>`
    select d.id, d.channel_id as "channelId", d.connector, d.error_message as why,
      coalesce(d.content -> 'variant' -> 'parts' ->> a.item, d.content -> 'variant' ->> 'firstComment') as text
    from deliveries d
    join delivery_attempts a on a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.state = 'ambiguous'
    where d.state = 'needs_human'`.execute(database.system);
  const byConnector = Map.groupBy(rows, ({ connector }) => connector);
  for (const [id, questions] of byConnector) {
    if (connectors.get(id)?.locate !== "unsupported") {
      for (const question of questions) {
        await deliveries.retry(author, question.id);
        told({ why: question.why, readable: true });
      }
      continue;
    }
    const target = connected.find((channel) => channel.target.id === id)?.target;
    const journal = (await target?.journal(house)) ?? [];
    for (const { id: deliveryId, channelId, text, why } of questions) {
      const account = connected.find((channel) => channel.id === channelId)?.account;
      const seen = journal.find((post) => post.account === account && post.text === text);
      const answer = seen ? ({ outcome: "live", url: seen.url } as const) : ({ outcome: "absent" } as const);
      await deliveries.resolve(author, deliveryId, answer);
      told({ why, readable: false });
    }
  }
}
