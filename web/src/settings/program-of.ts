import { settingsText } from "./messages.ts";

/** "Chrome on Linux" out of what the browser says of itself; good enough to recognise one's own. */
export function programOf(userAgent: string | null): string {
  if (!userAgent) return settingsText.unknownDevice;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) =>
    userAgent.includes(`${name}/`),
  );
  // oxlint-disable-next-line galley/words-are-texts -- as browsers write them
  const system = ["iPhone", "iPad", "Android", "Windows", "Mac OS X", "Linux"].find((name) =>
    userAgent.includes(name),
  );
  const named = browser === "Edg" ? "Edge" : browser === "OPR" ? "Opera" : browser;
  if (!named) return userAgent.split(" ")[0] ?? userAgent;
  return system ? `${named}, ${system.replace(" OS X", "OS")}` : named;
}
