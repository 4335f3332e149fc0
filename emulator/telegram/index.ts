import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody, Refusal } from "../http.ts";
import type { Platform, PlatformOptions } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import type { PlatformRules } from "../rules.ts";
import { setSwitches } from "../switches.ts";
import { byHand, result, send, tooMany, visible, wireOf } from "./messages.ts";
import { parametersOf } from "./parameters.ts";
import type { TelegramState } from "./state.ts";
import { createState } from "./state.ts";

/** The one bot, and the channel that it may post in where no others are named. */
export const telegramBot = { token: "123456789:AAE-emulated-bot-token-for-tests", chat: "@galley_press" };

const botId = 123_456_789;

/** Names of channels, as many as are wanted. */
export function manyChats(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `@galley_press_${number}`);
}

/**
 * Starts the part of the Bot API that posts in channels: https://core.telegram.org/bots/api. `chats` are the names
 * of those that the bot may post in.
 */
export function startTelegram(options: PlatformOptions & { chats?: string[] }): Promise<Platform> {
  return startPlatform((deps) => rulesOf(createState(deps, options.chats ?? [telegramBot.chat])), options);
}

function rulesOf(state: TelegramState): PlatformRules {
  const { bot } = state;
  return {
    name: "Telegram emulator",
    operationOf: ({ path }) => (/\/send\w+$/.test(path) ? "create" : null),
    answer: (request, twist) => answer(state, request, twist),
    accountOf: (request) => chatNameOf(state, request),
    post: (post) => byHand(state, post),
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
    journal: () => state.messages.all.map(visible),
    // A bot's token does not age.
    expireTokens: () => undefined,
    revokeTokens() {
      bot.administrator = false;
    },
  };
}

function answer(state: TelegramState, request: EmulatorRequest, twist: Twist): Answer {
  const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? [];
  if (token !== telegramBot.token) throw new Refusal(401, "unauthorized", "Unauthorized");
  const { bot, stranger, chats } = state;
  const parameters = parametersOf(request);
  if (method === "getMe") {
    return result({ id: botId, is_bot: true, first_name: "Press", username: "press_bot" });
  }
  const address = String(parameters["chat_id"]);
  const chat = bot.nameMoved && address.startsWith("@") ? stranger : chats.get(address);
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
  return send(state, method, { request, parameters, chat, twist });
}

function chatNameOf(state: TelegramState, request: EmulatorRequest): string | null {
  if (request.method !== "POST" || !request.path.startsWith("/bot")) return null;
  return state.chats.get(String(parametersOf(request)["chat_id"]))?.name ?? null;
}

/** A refusal's `x-retry-after` stands in the body, as Telegram has it. */
function refused({ status, message, headers }: Refusal): Answer {
  const seconds = Number(headers["x-retry-after"] ?? 0);
  const parameters = seconds > 0 ? { parameters: { retry_after: seconds } } : {};
  return json({ ok: false, error_code: status, description: message, ...parameters }, status);
}
