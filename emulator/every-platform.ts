import { linkedInApps, manyOrganizations, startLinkedIn } from "./linkedin/index.ts";
import { startMastodon } from "./mastodon/index.ts";
import { metaApp, startMeta } from "./meta/index.ts";
import { manyChats, startTelegram, telegramBot } from "./telegram/index.ts";
import { startX } from "./x/index.ts";

/** A running emulator, with the settings under which a client finds it: those of `CONNECTORS`. */
export type RunningPlatform = {
  name: string;
  url: string;
  settings: Record<string, string>;
  /** What a person answers: before the consent page, or in the form that connects instead of one. */
  form?: Record<string, string>;
  /** True where the form alone connects. */
  byForm?: boolean;
  /** False where the platform has no place for descriptions of pictures. */
  describes?: boolean;
  close(): Promise<void>;
};

/** `accounts`: how many there are, where the platform and not the person names them; what it has otherwise. */
type At = { host: string; port: number; accounts?: number };
type Start = (at: At) => Promise<RunningPlatform>;

/** Every platform that has an emulator here, by the connector's id. A new one is one line. */
export const everyPlatform: Record<string, Start> = {
  x: startForX,
  linkedin: (at) => startForLinkedIn(at, "profile"),
  "linkedin-page": (at) => startForLinkedIn(at, "page"),
  facebook: (at) => startForMeta(at, "Facebook"),
  instagram: (at) => startForMeta(at, "Instagram"),
  mastodon: startForMastodon,
  telegram: startForTelegram,
};

async function startForMastodon(at: At): Promise<RunningPlatform> {
  const server = await startMastodon({ ...at, publicUrl: null });
  return { ...server, name: "Mastodon", settings: {}, form: { server: server.url } };
}

async function startForTelegram({ accounts, ...at }: At): Promise<RunningPlatform> {
  const chats = accounts === undefined ? {} : { chats: manyChats(accounts) };
  const server = await startTelegram({ ...at, ...chats, publicUrl: null });
  const form = { botToken: telegramBot.token, chatId: telegramBot.chat };
  return {
    ...server,
    name: "Telegram",
    settings: { apiUrl: server.url },
    form,
    byForm: true,
    describes: false,
  };
}

async function startForX(at: At): Promise<RunningPlatform> {
  const app = { clientId: "galley-sandbox", clientSecret: "sandbox-secret" };
  const server = await startX({ ...at, publicUrl: null, app });
  return { ...server, name: "X", settings: { apiUrl: server.url, webUrl: server.url, ...app } };
}

/** Profiles and Pages are connectors of their own, each with an app of its own. */
async function startForLinkedIn(
  { accounts, ...at }: At,
  product: "profile" | "page",
): Promise<RunningPlatform> {
  const apps = linkedInApps.filter((app) => app.product === product);
  const organizations = accounts === undefined ? {} : { organizations: manyOrganizations(accounts) };
  const server = await startLinkedIn({ ...at, ...organizations, publicUrl: null, apps });
  const { clientId = "", clientSecret = "" } = apps[0] ?? {};
  const name = product === "page" ? "LinkedIn Page" : "LinkedIn";
  return { ...server, name, settings: { apiUrl: server.url, webUrl: server.url, clientId, clientSecret } };
}

async function startForMeta(
  { accounts, ...at }: At,
  name: "Facebook" | "Instagram",
): Promise<RunningPlatform> {
  const pages = accounts === undefined ? {} : { pages: accounts };
  const server = await startMeta({ ...at, ...pages, product: name, publicUrl: null });
  const app = { clientId: metaApp.id, clientSecret: metaApp.secret };
  return { ...server, name, settings: { baseUrl: server.url, dialogUrl: server.url, ...app } };
}
