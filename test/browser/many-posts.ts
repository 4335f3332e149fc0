import type { Page } from "playwright-core";
import sharp from "sharp";
import { addressOf } from "#contract";
import { seedWorkspace } from "./seed.ts";

export type ManyPosts = {
  /** A post with a picture that waits for its approval, one that is out, a draft, and a series. */
  review: string;
  published: string;
  draft: string;
  series: string;
  /** How many wait for an approval. */
  waiting: number;
};

const counts = { review: 39, scheduled: 40, published: 5, drafts: 116 };

/**
 * A workspace with two hundred posts, the ones that wait and are scheduled older than the newest fifty: nothing
 * that is read from the newest page alone would show them. Leaves the page signed in.
 */
export async function seedManyPosts(page: Page, url: string): Promise<ManyPosts> {
  const channels = await seedWorkspace(page, url);
  const image = await uploadPicture(page);
  const seed = { channels, image, counts, wall: walls(counts.scheduled), operations: addresses() };
  const seeded = await page.evaluate(write, seed);
  return { ...seeded, waiting: counts.review };
}

/** A photograph's size and weight: noise, which compresses as badly. */
async function uploadPicture(page: Page): Promise<string> {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 24 };
  const picture = sharp({ create: { width: 2400, height: 1600, channels: 3, background: "grey", noise } });
  const bytes = (await picture.jpeg({ quality: 80 }).toBuffer()).toString("base64");
  const { path } = addressOf("uploadMedia");
  return page.evaluate(
    async ([text, address]) => {
      const form = new FormData();
      const binary = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0);
      form.set("altText", "The press room");
      form.set("file", new Blob([binary], { type: "image/jpeg" }), "press-room.jpg");
      const headers = { "idempotency-key": crypto.randomUUID() };
      const answer = await fetch(address, { method: "POST", body: form, headers });
      return ((await answer.json()) as { id: string }).id;
    },
    [bytes, path] as const,
  );
}

/** Wall times over the next six weeks, several on some days; none on today, wherever that is. */
function walls(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.now() + ((index % 40) + 2) * 86_400_000).toISOString().slice(0, 10);
    return `${day}T${String(8 + (index % 11)).padStart(2, "0")}:15`;
  });
}

const used = [
  "createPost",
  "submitPost",
  "getPost",
  "approvePost",
  "schedulePost",
  "publishPost",
  "createSeries",
] as const;
type Used = (typeof used)[number];

/** Methods and paths for the page, which loads nothing of ours; `ID` stands for the post. */
function addresses() {
  const of = (operation: Used) => [operation, addressOf(operation, { params: { id: "ID" } })] as const;
  return Object.fromEntries(used.map(of)) as Record<Used, { method: string; path: string }>;
}

type Seed = {
  operations: ReturnType<typeof addresses>;
  channels: { sandbox: string; email: string };
  image: string;
  counts: typeof counts;
  wall: string[];
};

/** Runs in the page, so that each call costs no way to the test and back. */
async function write({
  operations,
  channels,
  image,
  counts,
  wall,
}: Seed): Promise<Omit<ManyPosts, "waiting">> {
  async function call(operation: Used, body: unknown, id = "") {
    const { method, path } = operations[operation];
    const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
    const text = method === "GET" ? null : JSON.stringify(body);
    const answer = await fetch(path.replace("ID", id), { method, headers, body: text });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: string; boundHash: string };
  }
  async function create(kind: string, index: number): Promise<string> {
    const title = `${kind} ${index + 1}: what the press room did in week ${index + 1}`;
    const parts = [
      `Forty-eight pages, two colours, bound by hand: number ${index} of ${kind} is off the press.`,
    ];
    const media = index % 4 === 0 ? [{ mediaId: image, altText: "The press room" }] : [];
    const variants = [
      { channelId: channels.sandbox, content: { parts, media, link: "https://northwind.example/news" } },
      ...(index % 3 === 0
        ? [{ channelId: channels.email, content: { parts, options: { subject: title } } }]
        : []),
    ];
    return (await call("createPost", { title, variants })).id;
  }
  async function approve(id: string): Promise<void> {
    await call("submitPost", {}, id);
    const { boundHash } = await call("getPost", {}, id);
    await call("approvePost", { boundHash, note: "" }, id);
  }
  async function many(kind: string, count: number, then: (id: string, index: number) => Promise<unknown>) {
    const ids: string[] = [];
    for (let first = 0; first < count; first += 6) {
      const some = Array.from({ length: Math.min(6, count - first) }, (_, index) => first + index);
      ids.push(
        ...(await Promise.all(
          some.map(async (index) => {
            const id = await create(kind, index);
            await then(id, index);
            return id;
          }),
        )),
      );
    }
    return ids;
  }
  const review = await many("Review", counts.review, (id) => call("submitPost", {}, id));
  await many("Planned", counts.scheduled, async (id, index) => {
    await approve(id);
    await call("schedulePost", { wall: wall[index], zone: "Europe/Berlin" }, id);
  });
  const published = await many("Out", counts.published, async (id) => {
    await approve(id);
    await call("publishPost", {}, id);
  });
  const drafts = await many("Draft", counts.drafts, () => Promise.resolve());
  const repeat = { every: "week", weekdays: [1] };
  const rule = { repeat, time: "10:00", zone: "Europe/Berlin", startsOn: wall[0]?.slice(0, 10) };
  const { id: series } = await call("createSeries", { postId: drafts[1], rule });
  return { review: review[0] ?? "", published: published[0] ?? "", draft: drafts[0] ?? "", series };
}
