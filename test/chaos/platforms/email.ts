import { z } from "zod";
import { send } from "../../acceptance/client.ts";
import { type Bounds, setFaults, type Target } from "./target.ts";

const mailsSchema = z.object({ items: z.array(z.object({ from: z.string(), subject: z.string() })) });
/** What tells people that one is needed comes here, too, and is no post. */
const noticesFrom = "Galley <galley@galley.test>";

export function email(url: string, smtpPort: number, { deadlineMs, windowMs }: Bounds): Target {
  return {
    id: "email",
    accounts: 1,
    weight: 6,
    options: (text) => ({ subject: text }),
    needsImage: false,
    describes: false,
    repeats: true,
    access: () => ({
      kind: "form",
      form: { fromName: "Galley", fromAddress: "news@galley.test", recipients: "reader@galley.test" },
    }),
    account: () => "mail",
    settings: {
      catcher: {
        host: "127.0.0.1",
        port: smtpPort,
        readBackUrl: url,
        publicUrl: url,
        deadlineMs,
        windowMs,
      },
    },
    ownApp: null,
    prepare: async () => undefined,
    burst: (random) => {
      const kinds = ["lost_answer", "drop_before_keep", "defer"];
      const few = kinds.map((kind) => ({ kind, remaining: 1 + Math.floor(random() * 2), delayMs: 0 }));
      return setFaults(url, [...few, { kind: "slow", remaining: 20, delayMs: 100 }]);
    },
    calm: () => setFaults(url, []),
    expireTokens: async () => undefined,
    withdraw: async () => undefined,
    asShown: (address) => address,
    personas: null,
    journal: async () => {
      const { body } = await send(url, { path: "/api/messages" });
      const posts = mailsSchema.parse(body).items.filter(({ from }) => from !== noticesFrom);
      return posts.map(({ subject }) => ({
        ids: [],
        account: "mail",
        text: subject,
        altTexts: [],
        url,
        inReplyTo: null,
        from: "galley",
      }));
    },
  };
}
