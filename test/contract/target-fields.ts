import type { JsonObject, JsonValue } from "#kit";

/** What decides where a connector's posts go, of its settings, its credentials and its account. */
export const targetFields: Record<string, string[]> = {
  sandbox: ["accountId", "settings.baseUrl"],
  site: ["accountId"],
  email: [
    "accountId",
    "credentials.recipients.0",
    "credentials.server.host",
    "credentials.server.port",
    "settings.catcher.host",
    "settings.catcher.port",
  ],
  bluesky: ["accountId", "credentials.service"],
  mastodon: ["accountId", "credentials.server"],
  telegram: ["accountId", "credentials.chatId", "settings.apiUrl"],
  linkedin: ["accountId", "settings.apiUrl"],
  "linkedin-page": ["accountId", "settings.apiUrl"],
  x: ["accountId", "settings.apiUrl"],
  facebook: ["accountId", "credentials.pageId", "settings.baseUrl"],
  instagram: ["accountId", "credentials.pageId", "settings.baseUrl"],
};

type Place = readonly string[];

/** The place of every single value in plain JSON; what is null has none. */
export function leavesOf(value: JsonValue, place: Place = []): Place[] {
  if (value === null) return [];
  if (typeof value !== "object") return [place];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...place, key]));
}

export function valueAt(value: JsonValue, place: Place): JsonValue {
  return place.reduce<JsonValue>(
    (inner, key) => Object.entries(inner ?? {}).find(([name]) => name === key)?.[1],
    value,
  );
}

/** The same with another value at one place, of the same kind. */
export function withOther<Value extends JsonObject>(value: Value, [key = "", ...rest]: Place): Value {
  return Object.assign(structuredClone(value), {
    [key]: rest.length === 0 ? other(value[key]) : withOther(value[key] as JsonObject, rest),
  });
}

function other(value: JsonValue | undefined): JsonValue {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  const text = typeof value === "string" ? value : "something";
  // One of a few words, so it cannot become any text.
  if (text === "starttls") return "none";
  if (URL.canParse(text)) return "http://elsewhere.example";
  return text.includes("@") ? text.replace("@", "-else@") : `1${text}`;
}
