import { z } from "zod";
import { send } from "../../acceptance/client.ts";
import { type Bounds, control, setFaults, burstOf, type Target, throttles } from "./target.ts";

const journalSchema = z.object({
  posts: z.array(
    z.object({
      id: z.string(),
      accountId: z.string(),
      text: z.string(),
      inReplyTo: z.string().nullable(),
      ghost: z.boolean().default(false),
    }),
  ),
});

export function sandbox(url: string, bounds: Bounds): Target {
  const { deadlineMs, windowMs } = bounds;
  return {
    id: "sandbox",
    // Many, so that the list of what one account has posted lately, which is read back, stays short.
    accounts: 80,
    weight: 70,
    options: () => ({}),
    needsImage: false,
    describes: false,
    repeats: true,
    access: (number) => ({ kind: "consent", before: {}, page: { handle: `chaos_${number}` }, pick: 0 }),
    account: (number) => `account-chaos_${number}`,
    // The workers know it as the one that is built in.
    settings: { baseUrl: url, builtIn: true, deadlineMs, windowMs },
    ownApp: null,
    prepare: async () => undefined,
    burst: (random) => setFaults(url, [...throttles(random), ...burstOf(bounds, random)]),
    calm: () => setFaults(url, []),
    expireTokens: () => control(url, "POST", "/control/expire-tokens"),
    withdraw: async () => undefined,
    asShown: (address) => address,
    personas: null,
    journal: async () => {
      const { body } = await send(url, { path: "/control/journal" });
      return journalSchema.parse(body).posts.map(({ id, accountId, text, inReplyTo, ghost }) => ({
        ids: [id],
        account: accountId,
        text,
        altTexts: [],
        url: `${url}/posts/${id}`,
        inReplyTo,
        from: ghost ? "platform" : "galley",
      }));
    },
  };
}
