import type { PlatformDeps } from "../rules.ts";
import { createShelf, type Shelf } from "../shelf.ts";

export type Chat = { id: number; name: string };

/** Times are milliseconds since the epoch. */
export type Message = {
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

/** Everything that Telegram knows of one bot. */
export type TelegramState = PlatformDeps & {
  /** By chat. */
  messages: Shelf<Message>;
  /** Those that the bot may post in, by name and by number. */
  chats: ReadonlyMap<string, Chat>;
  /** `nameMoved`: the channels gave up their names, and `stranger`, with the same bot, took them. */
  bot: { administrator: boolean; nameMoved: boolean };
  stranger: Chat;
  nextId(chat: Chat): number;
};

const firstChatId = -1_001_234_567_890;

export function createState(deps: PlatformDeps, names: readonly string[]): TelegramState {
  const chats = names.map((name, number) => ({ id: firstChatId - number, name }));
  const lastIds = new Map<Chat, number>();
  return {
    ...deps,
    messages: createShelf(
      (message) => [keyOf(message.chat, message.id)],
      ({ chat: { name } }) => [name],
    ),
    chats: new Map(chats.flatMap((one) => [[one.name, one] as const, [String(one.id), one] as const])),
    bot: { administrator: true, nameMoved: false },
    stranger: { id: firstChatId - 1_000_000, name: "@somebody_else" },
    nextId(chat) {
      const id = (lastIds.get(chat) ?? 0) + 1;
      lastIds.set(chat, id);
      return id;
    },
  };
}

/** Under which `messages` finds one. */
export function keyOf(chat: Chat, id: number): string {
  return `${chat.name} ${id}`;
}
