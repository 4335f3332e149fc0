import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, Refusal } from "../http.ts";
import type { ByHand, Visible } from "../rules.ts";
import { captionOf, objectOf, pictureOf } from "./parameters.ts";
import type { Chat, Message, TelegramState } from "./state.ts";
import { keyOf } from "./state.ts";

const perMinute = 20;

/** A call of a method that posts. */
type Sending = {
  request: EmulatorRequest;
  parameters: Record<string, unknown>;
  chat: Chat;
  replyTo: number | null;
  twist: Twist;
};

const methods = new Map<string, (state: TelegramState, sending: Sending) => Answer>([
  ["sendMessage", sendMessage],
  ["sendPhoto", sendPhoto],
  ["sendMediaGroup", sendMediaGroup],
]);

/** Posts in a chat by the method of that name, as far as the chat takes more and what is answered stands. */
export function send(
  state: TelegramState,
  name: string,
  { request, parameters, chat, twist }: Omit<Sending, "replyTo">,
): Answer {
  const before = state.messages.of(chat.name).at(-perMinute * 10);
  if (before && before.createdAt > state.now() - 60_000) throw tooMany(60);
  const replyTo = Number(objectOf(parameters["reply_parameters"])["message_id"] ?? 0) || null;
  if (replyTo !== null && !state.messages.get(keyOf(chat, replyTo))) {
    throw new Refusal(400, "bad_request", "Bad Request: message to be replied not found");
  }
  const method = methods.get(name);
  if (!method) throw new Refusal(404, "not_found", "Not Found");
  return method(state, { request, parameters, chat, replyTo, twist });
}

function sendMessage(state: TelegramState, sending: Sending): Answer {
  const { parameters } = sending;
  const text = typeof parameters["text"] === "string" ? parameters["text"].trim() : "";
  if (text === "") throw new Refusal(400, "bad_request", "Bad Request: message text is empty");
  if (text.length > 4096) throw new Refusal(400, "bad_request", "Bad Request: message is too long");
  return result(shown(keep(state, sending, { text, pictures: 0 })));
}

function sendPhoto(state: TelegramState, sending: Sending): Answer {
  const { request, parameters } = sending;
  pictureOf(request, parameters["photo"]);
  return result(shown(keep(state, sending, { text: captionOf(parameters["caption"]), pictures: 1 })));
}

function sendMediaGroup(state: TelegramState, sending: Sending): Answer {
  const { request, parameters, chat } = sending;
  const group = Array.isArray(parameters["media"]) ? parameters["media"].map(objectOf) : [];
  if (group.length < 2 || group.length > 10) {
    throw new Refusal(400, "bad_request", "Bad Request: wrong number of media in an album");
  }
  for (const one of group) pictureOf(request, one["media"]);
  const text = captionOf(group[0]?.["caption"]);
  const first = keep(state, sending, { text, pictures: group.length });
  for (const _ of group.slice(1)) state.nextId(chat);
  return result(group.map((_, index) => ({ ...shown(first), message_id: first.id + index })));
}

function keep(
  state: TelegramState,
  { chat, replyTo, twist }: Sending,
  content: Pick<Message, "text" | "pictures">,
): Message {
  const createdAt = state.now() + twist.commitMs;
  const message = { id: state.nextId(chat), chat, ...content, replyTo, createdAt, ghost: false };
  state.messages.add(message);
  if (twist.ghost) state.messages.add({ ...message, id: state.nextId(chat), ghost: true });
  return message;
}

/** An administrator of the channel posts. */
export function byHand(state: TelegramState, { account, text, inReplyTo, createdAt }: ByHand): void {
  const chat = state.chats.get(account);
  if (!chat) throw new Refusal(400, "bad_post", `There is no channel ${account}.`);
  const replyTo = inReplyTo === null ? null : Number(inReplyTo);
  const stamps = { createdAt, ghost: false, byHand: true as const };
  state.messages.add({ id: state.nextId(chat), chat, text, pictures: 0, replyTo, ...stamps });
}

/** A message as the journal tells it. */
export function visible(message: Message): Visible {
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

/** A chat as the Bot API tells it. */
export function wireOf({ id, name }: Chat) {
  return { id, username: name.slice(1) };
}

function shown(message: Message) {
  return { message_id: message.id, chat: wireOf(message.chat), date: Math.floor(message.createdAt / 1000) };
}

/** An answer as the Bot API wraps it. */
export function result(value: unknown): Answer {
  return json({ ok: true, result: value });
}

/** What Telegram says to who posts too often. */
export function tooMany(seconds: number): Refusal {
  return new Refusal(429, "throttled", `Too Many Requests: retry after ${seconds}`, {
    "x-retry-after": String(seconds),
  });
}
