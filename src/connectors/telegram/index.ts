import { z } from "zod";
import type { JsonObject, Problem } from "#kit";
import { commonProblems, withLink } from "../checks.ts";
import type {
  Account,
  Connector,
  ConnectorContext,
  DeliveryInput,
  FormConnect,
  ItemRef,
  Limits,
  OptionField,
  Plan,
  PlanItem,
  Published,
  VariantContent,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { call, readCredentials, readSettings } from "./api.ts";

// https://core.telegram.org/bots/api: sendMessage, sendPhoto, sendMediaGroup. A photo may have 10 MB there; here
// the pictures wait inside the plan, because Telegram has no upload that nobody sees.
const limits: Limits = {
  textLength: 4096,
  textUnit: "characters",
  maxParts: 10,
  maxMedia: 10,
  maxMediaBytes: 1_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/webp"],
  video: null,
  document: null,
  // The Bot API has no place for descriptions.
  altTextLength: 0,
  firstComment: false,
};
const captionLength = 1024;

const options: OptionField[] = [
  yesOrNo("silent", "Send silently", "Subscribers get no sound."),
  yesOrNo("noPreview", "No link preview", "Telegram shows no card of the link."),
];

function yesOrNo(key: string, label: string, help: string): OptionField {
  return { key, label, kind: "choice", choices: ["No", "Yes"], required: false, maxLength: 3, help };
}

const form: FormConnect = {
  kind: "form",
  fields: [
    {
      key: "botToken",
      label: "Bot token",
      kind: "password",
      choices: [],
      required: true,
      placeholder: "",
      help: "From @BotFather in Telegram. Stored encrypted; never shown again.",
    },
    {
      key: "chatId",
      label: "Channel",
      kind: "text",
      choices: [],
      required: true,
      placeholder: "@example_news",
      help: "Its name with @, or its number where it is private. The bot must be an administrator who may post.",
    },
  ],
  async open(context, given) {
    const credentials = {
      botToken: (given["botToken"] ?? "").trim(),
      chatId: (given["chatId"] ?? "").trim(),
    };
    if (!/^\d{5,20}:[\w-]{20,100}$/.test(credentials.botToken)) {
      throw refused(
        "telegram.bad_botToken",
        "A bot token looks like 123456:ABC-DEF, as @BotFather shows it.",
      );
    }
    if (!/^(?:@\w{4,32}|-?\d{5,20})$/.test(credentials.chatId)) {
      throw refused("telegram.bad_chatId", "Name the channel with @, or give its number.");
    }
    const account = await accountOf({ ...context, credentials });
    return { credentials, scopes: [], expiresAt: null, endsAt: null, account };
  },
  refresh: null,
};

/** Telegram channels, by a bot that is an administrator there. What a bot sent cannot be read back. */
export const telegram: Connector = {
  id: "telegram",
  name: "Telegram",
  summary: "Messages and pictures in a Telegram channel, by a bot of your own.",
  connect: form,
  limits,
  accountLimits: null,
  options,

  target(context) {
    const { chatId } = readCredentials(context);
    const { apiUrl } = readSettings(context.settings);
    const { accountId } = context;
    return { facts: { apiUrl, accountId, chatId: chatId.toLowerCase() }, words: `${chatId} by ${apiUrl}` };
  },
  settling({ settings }) {
    const { deadlineMs, windowMs } = readSettings(settings);
    return { deadlineMs, windowMs };
  },
  measure: (text) => text.length,
  compose: withLink,
  validate(variant, media) {
    return [...commonProblems(telegram, variant, media), ...captionProblems(variant)];
  },
  price: () => null,
  // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  quotas: () => [{ per: "account", limit: 20, windowMs: 60_000, spreadMs: 1_000 }],
  apiVersion: null,
  externalIdOf: (url) =>
    /^\/(?:c\/\d+|\w{4,32})\/(\d{1,15})$/.exec(URL.parse(url.trim())?.pathname ?? "")?.[1] ?? null,
  inspect: null,
  prepare,
  commit,
  locate: "unsupported",
  probe: accountOf,
};

function captionProblems(variant: VariantContent): Problem[] {
  const [first = ""] = withLink(variant);
  if (variant.media.length === 0 || first.length <= captionLength) return [];
  const message = `Under pictures Telegram takes ${captionLength} characters; this has ${first.length}.`;
  return [{ path: "/parts/0", code: "telegram.caption_too_long", message }];
}

const chatSchema = z.object({ id: z.int(), title: z.string().optional(), username: z.string().optional() });
const memberSchema = z.object({ status: z.string(), can_post_messages: z.boolean().optional() });

/** The channel, if the bot may post there. */
async function accountOf(context: ConnectorContext): Promise<Account> {
  const { chatId } = readCredentials(context);
  const bot = await call(context, z.object({ id: z.int() }), "getMe", {});
  const chat = await call(context, chatSchema, "getChat", { chat_id: chatId });
  const member = await call(context, memberSchema, "getChatMember", { chat_id: chatId, user_id: bot.id });
  if (member.status !== "creator" && member.can_post_messages !== true) {
    const message = "The bot may not post in this channel: make it an administrator who may post messages.";
    throw new ConnectorFailure({ verdict: "unauthorized", code: "telegram.may_not_post", message });
  }
  const handle = chat.username === undefined ? (chat.title ?? String(chat.id)) : `@${chat.username}`;
  const profileUrl = chat.username === undefined ? null : `https://t.me/${chat.username}`;
  return {
    accountId: String(chat.id),
    handle,
    displayName: chat.title ?? handle,
    avatarUrl: null,
    profileUrl,
  };
}

const payloadSchema = z.object({
  text: z.string(),
  pictures: z.array(z.object({ mimeType: z.string(), base64: z.string() })),
  silent: z.boolean(),
  noPreview: z.boolean(),
});
type Payload = z.output<typeof payloadSchema>;

async function prepare(_context: ConnectorContext, { variant, media }: DeliveryInput): Promise<Plan> {
  const pictures = await Promise.all(
    media.map(async (file) => ({
      mimeType: file.mimeType,
      base64: Buffer.from(await file.read()).toString("base64"),
    })),
  );
  const silent = variant.options["silent"] === "Yes";
  const noPreview = variant.options["noPreview"] === "Yes";
  const items = withLink(variant).map((text, index): PlanItem => {
    const payload: Payload = { text, pictures: index === 0 ? pictures : [], silent, noPreview };
    return { kind: index === 0 ? "post" : "reply", payload };
  });
  return { items };
}

const messageSchema = z.object({
  message_id: z.int(),
  chat: z.object({ id: z.int(), username: z.string().optional() }),
});
type Message = z.output<typeof messageSchema>;

async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const payload = payloadSchema.parse(plan.items[item.index]?.payload);
  const parent = item.index === 0 ? undefined : item.published[item.index - 1];
  const common: JsonObject = {
    // The number that was approved: a name can be given up, and taken by somebody else's channel.
    chat_id: context.accountId,
    ...(payload.silent ? { disable_notification: true } : {}),
    ...(parent ? { reply_parameters: { message_id: Number(parent.externalId) } } : {}),
  };
  const files = payload.pictures.map(({ mimeType, base64 }, index) => ({
    name: `picture${index}`,
    mimeType,
    bytes: Buffer.from(base64, "base64"),
  }));
  if (files.length === 0) {
    const preview: JsonObject = payload.noPreview ? { link_preview_options: { is_disabled: true } } : {};
    return published(
      await call(context, messageSchema, "sendMessage", { ...common, ...preview, text: payload.text }),
    );
  }
  const media = files.map(({ name }, index) => ({
    type: "photo",
    media: `attach://${name}`,
    ...(index === 0 && payload.text !== "" ? { caption: payload.text } : {}),
  }));
  if (files.length > 1) {
    const group = z.array(messageSchema).min(1);
    const [first] = await call(context, group, "sendMediaGroup", { ...common, media }, files);
    if (first) return published(first);
  }
  const caption: JsonObject = payload.text === "" ? {} : { caption: payload.text };
  const photo = { ...common, ...caption, photo: "attach://picture0" };
  return published(await call(context, messageSchema, "sendPhoto", photo, files));
}

/** Private channels have addresses by number, which their subscribers alone can open. */
function published({ message_id: id, chat }: Message): Published {
  const place = chat.username ?? `c/${String(chat.id).replace(/^-100/, "")}`;
  return { externalId: String(id), url: `https://t.me/${place}/${id}`, data: {} };
}

function refused(code: string, message: string): ConnectorFailure {
  return new ConnectorFailure({ verdict: "rejected", code, message });
}
