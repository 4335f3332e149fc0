import { expect } from "vitest";
import { everyPlatform, type RunningPlatform } from "#emulator";

type Visible = { text: string; url: string; altTexts: string[] };

/** One of the emulated platforms, by its connector. */
export async function startPlatform(name: string): Promise<RunningPlatform> {
  const platform = await everyPlatform[name]?.({ host: "127.0.0.1", port: 0 });
  if (!platform) throw new TypeError(`the emulators have no ${name}`);
  return platform;
}

/** Goes to the control routes of an emulator. */
export async function control(platform: RunningPlatform, method: string, path: string, body: object = {}) {
  const request = { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`${platform.url}/control/${path}`, request);
  expect(answer.status).toBe(200);
}

/** What people see of a text on a platform. */
export async function visible(platform: RunningPlatform, text: string): Promise<Visible[]> {
  const answer = await fetch(`${platform.url}/control/journal`);
  const { posts } = (await answer.json()) as { posts: Visible[] };
  return posts.filter((post) => post.text === text);
}
