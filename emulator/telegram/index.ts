import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody, Refusal } from "../http.ts";
import { fieldsOf } from "../multipart.ts";
import type { PlatformClock } from "../clock.ts";
import type { ByHand, Platform, PlatformOptions, PlatformRules, Visible } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { setSwitches } from "../switches.ts";
import { createShelf } from "../shelf.ts";

/** The one bot, and the channel that it may post in where no others are named. */
export const telegramBot = { token: "123456789:AAE-emulated-bot-token-for-tests", chat: "@galley_press" };

type Chat = { id: number; name: string };

const firstChatId = -1_001_234_567_890;
const botId = 123_456_789;
const perMinute = 20;

type Message = {
  /** Counts in its chat. */
  id: number;
  chat: Chat;
  text: string;
  pictures: number;
  replyTo: number | null;
  createdAt: number;
  ghost: boolean;
  byHand?: true;
};

/** Names of channels, as many as are wanted. */
export function manyChats(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `@galley_press_${number}`);
}

/**
 * Starts the part of the Bot API that posts in channels: https://core.telegram.org/bots/api. `chats` are the names
 * of those that the bot may post in.
 */
export function startTelegram(options: PlatformOptions & { chats?: string[] }): Promise<Platform> {
  const chats = (options.chats ?? [telegramBot.chat]).map((name, number) => ({
    id: firstChatId - number,
    name,
  }));
  return startPlatform(({ clock }) => rulesOf(clock, chats), options);
}

function rulesOf(clock: PlatformClock, chats: readonly Chat[]): PlatformRules {
  const messages = createShelf<Message>(
    (message) => [`${message.chat.name} ${message.id}`],
    ({ chat: { name } }) => [name],
  );
  const byAddress = new Map(
    chats.flatMap((one) => [[one.name, one] as const, [String(one.id), one] as const]),
  );
  const lastIds = new Map<Chat, number>();
  // `nameMoved`: the channels gave up their names, and somebody else's channel with the same bot took them.
  const bot = { administrator: true, nameMoved: false };
  const stranger: Chat = { id: firstChatId - 1_000_000, name: "@somebody_else" };

  function now(): number {
    return clock.now().getTime();
  }

  function answer(request: EmulatorRequest, twist: Twist): Answer {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? [];
    if (token !== telegramBot.token) throw new Refusal(401, "unauthorized", "Unauthorized");
    const parameters = parametersOf(request);
    if (method === "getMe")
      return result({ id: botId, is_bot: true, first_name: "Press", username: "press_bot" });
    const address = String(parameters["chat_id"]);
    const chat = bot.nameMoved && address.startsWith("@") ? stranger : byAddress.get(address);
    if (!chat) throw new Refusal(400, "bad_request", "Bad Request: chat not found");
    if (method === "getChat") return result({ ...wireOf(chat), title: "The Press", type: "channel" });
    if (method === "getChatMember") {
      return result(
        bot.administrator ? { status: "administrator", can_post_messages: true } : { status: "left" },
      );
    }
    if (!bot.administrator) {
      throw new Refusal(403, "forbidden", "Forbidden: bot was kicked from the channel chat");
    }
    return sent(request, method ?? "", chat, parameters, twist);
  }

  function sent(
    request: EmulatorRequest,
    method: string,
    chat: Chat,
    parameters: Record<string, unknown>,
    twist: Twist,
  ): Answer {
    const before = messages.of(chat.name).at(-perMinute * 10);
    if (before && before.createdAt > now() - 60_000) throw tooMany(60);
    const replyTo = Number(objectOf(parameters["reply_parameters"])["message_id"] ?? 0) || null;
    if (replyTo !== null && !messages.get(`${chat.name} ${replyTo}`)) {
      throw new Refusal(400, "bad_request", "Bad Request: message to be replied not found");
    }
    switch (method) {
      case "sendMessage": {
        const text = typeof parameters["text"] === "string" ? parameters["text"].trim() : "";
        if (text === "") throw new Refusal(400, "bad_request", "Bad Request: message text is empty");
        if (text.length > 4096) throw new Refusal(400, "bad_request", "Bad Request: message is too long");
        return result(shown(keep(chat, text, 0, replyTo, twist)));
      }
      case "sendPhoto": {
        pictureOf(request, parameters["photo"]);
        return result(shown(keep(chat, captionOf(parameters["caption"]), 1, replyTo, twist)));
      }
      case "sendMediaGroup": {
        const group = Array.isArray(parameters["media"]) ? parameters["media"].map(objectOf) : [];
        if (group.length < 2 || group.length > 10) {
          throw new Refusal(400, "bad_request", "Bad Request: wrong number of media in an album");
        }
        for (const one of group) pictureOf(request, one["media"]);
        const first = keep(chat, captionOf(group[0]?.["caption"]), group.length, replyTo, twist);
        for (const _ of group.slice(1)) nextId(chat);
        return result(group.map((_, index) => ({ ...shown(first), message_id: first.id + index })));
      }
      default:
        throw new Refusal(404, "not_found", "Not Found");
    }
  }

  function nextId(chat: Chat): number {
    const id = (lastIds.get(chat) ?? 0) + 1;
    lastIds.set(chat, id);
    return id;
  }

  function keep(chat: Chat, text: string, pictures: number, replyTo: number | null, twist: Twist): Message {
    const createdAt = now() + twist.commitMs;
    const message = { id: nextId(chat), chat, text, pictures, replyTo, createdAt, ghost: false };
    messages.add(message);
    if (twist.ghost) messages.add({ ...message, id: nextId(chat), ghost: true });
    return message;
  }

  /** An administrator of the channel posts. */
  function byHand({ account, text, inReplyTo, createdAt }: ByHand): void {
    const chat = byAddress.get(account);
    if (!chat) throw new Refusal(400, "bad_post", `There is no channel ${account}.`);
    const replyTo = inReplyTo === null ? null : Number(inReplyTo);
    messages.add({
      id: nextId(chat),
      chat,
      text,
      pictures: 0,
      replyTo,
      createdAt,
      ghost: false,
      byHand: true,
    });
  }

  function chatNameOf(request: EmulatorRequest): string | null {
    if (request.method !== "POST" || !request.path.startsWith("/bot")) return null;
    return byAddress.get(String(parametersOf(request)["chat_id"]))?.name ?? null;
  }

  function visible(message: Message): Visible {
    return {
      id: String(message.id),
      account: message.chat.name,
      kind: message.replyTo === null ? "post" : "reply",
      text: message.text,
      // The Bot API has no place for descriptions.
      altTexts: [],
      inReplyTo: message.replyTo === null ? null : String(message.replyTo),
      url: `https://t.me/${message.chat.name.slice(1)}/${message.id}`,
      createdAt: message.createdAt,
      ghost: message.ghost,
      ...(message.byHand ? { byHand: true } : {}),
      details: { pictures: message.pictures },
    };
  }

  return {
    name: "Telegram emulator",
    operationOf: ({ path }) => (/\/send\w+$/.test(path) ? "create" : null),
    answer,
    accountOf: chatNameOf,
    post: byHand,
    sizeName: "limit",
    repeated: "copy",
    bodies: {
      unavailable: () => refused(new Refusal(502, "bad_gateway", "Bad Gateway")),
      internal: () => refused(new Refusal(500, "internal", "Internal Server Error")),
      throttled: (seconds) => refused(tooMany(seconds)),
      refusal: () => refused(new Refusal(400, "bad_request", "Bad Request: CHAT_RESTRICTED")),
      refused,
    },
    control(request) {
      if (request.path !== "/control/telegram" || request.method !== "PUT") return null;
      setSwitches(bot, jsonBody(request));
      return json(bot);
    },
    journal: () => messages.all.map(visible),
    // A bot's token does not age.
    expireTokens: () => undefined,
    revokeTokens() {
      bot.administrator = false;
    },
  };
}

function wireOf({ id, name }: Chat) {
  return { id, username: name.slice(1) };
}

function shown(message: Message) {
  return { message_id: message.id, chat: wireOf(message.chat), date: Math.floor(message.createdAt / 1000) };
}

function result(value: unknown): Answer {
  return json({ ok: true, result: value });
}

/** A refusal's `x-retry-after` stands in the body, as Telegram has it. */
function refused({ status, message, headers }: Refusal): Answer {
  const seconds = Number(headers["x-retry-after"] ?? 0);
  const parameters = seconds > 0 ? { parameters: { retry_after: seconds } } : {};
  return json({ ok: false, error_code: status, description: message, ...parameters }, status);
}

function tooMany(seconds: number): Refusal {
  return new Refusal(429, "throttled", `Too Many Requests: retry after ${seconds}`, {
    "x-retry-after": String(seconds),
  });
}

/** JSON, or a multipart form whose objects are JSON texts. */
function parametersOf(request: EmulatorRequest): Record<string, unknown> {
  if (!(request.headers["content-type"] ?? "").startsWith("multipart/")) return jsonBody(request);
  const entries = [...fieldsOf(request)].filter(([, { fileName }]) => fileName === null);
  return Object.fromEntries(
    entries.map(([name, { bytes }]) => {
      const text = bytes.toString("utf8");
      return [name, name === "media" || name === "reply_parameters" ? JSON.parse(text) : text];
    }),
  );
}

function pictureOf(request: EmulatorRequest, address: unknown): void {
  const name = /^attach:\/\/(\w+)$/.exec(String(address))?.[1] ?? "";
  const bytes = fieldsOf(request).get(name)?.bytes ?? Buffer.alloc(0);
  const head = bytes.subarray(0, 12).toString("latin1");
  const isPicture =
    head.startsWith("\u0089PNG") || head.startsWith("\u00ff\u00d8\u00ff") || head.endsWith("WEBP");
  if (!isPicture || bytes.length > 10_000_000) {
    throw new Refusal(400, "bad_request", "Bad Request: IMAGE_PROCESS_FAILED");
  }
}

function captionOf(value: unknown): string {
  const caption = typeof value === "string" ? value : "";
  if (caption.length > 1024)
    throw new Refusal(400, "bad_request", "Bad Request: message caption is too long");
  return caption;
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
