import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  Connector,
  ConnectorContext,
  DeliveryInput,
  ItemRef,
  Located,
  MediaFile,
  Plan,
  Published,
  VariantContent,
  Verdict,
} from "#connectors";
import { fingerprintOf, forAccount } from "#connectors";
import { sha256 } from "#kit";
import { failureOf } from "./failure-of.ts";
import { coverageOf, matchesIn, since } from "./located.ts";
import { leavesOf, targetFields, valueAt, withOther } from "./target-fields.ts";

/** One thing that people can see on the platform. */
export type Seen = { text: string; altTexts: string[] };

export type ContractHarness = {
  connector: Connector;
  /** Of a connected account; ends by itself after `deadlineMs`. */
  context(deadlineMs?: number): ConnectorContext;
  /** The same, but nothing listens where the platform should be. */
  unreachable(): ConnectorContext;
  /** Everything visible, by another way than the connector. */
  visible(): Promise<Seen[]>;
  /** Where the platform posts nothing without an image: one that it takes. */
  requiredImage?: Omit<MediaFile, "altText">;
  close(): Promise<void>;
};

export type FaultCase<Harness> = {
  name: string;
  arrange(harness: Harness): Promise<void>;
  /** Undoes what `arrange` did, where it does not end by itself. */
  restore?(harness: Harness): Promise<void>;
  verdict: Verdict;
  refreshable?: boolean;
  /** How many things are visible although `commit` failed. */
  visible: 0 | 1;
  deadlineMs?: number;
};

export type ContractOptions<Harness extends ContractHarness> = {
  start(): Promise<Harness>;
  faults: FaultCase<Harness>[];
  /** Values of the options that the platform demands. */
  options: VariantContent["options"];
  threads: boolean;
  /** False where nothing says how long a text may be but Galley. */
  enforcesTextLimit: boolean;
  /** What people see of a text, where it is no longer what was written: Markdown. */
  shown?: (text: string) => string;
  /** True where a second `commit` with the same key makes no second thing. */
  idempotent: boolean;
  /** True where the platform itself never takes the same text twice, and says so. */
  refusesDuplicates?: boolean;
};

// A PNG of one pixel.
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** What every connector promises, checked against a real server of its platform. */
export function connectorContract<Harness extends ContractHarness>(
  name: string,
  options: ContractOptions<Harness>,
): void {
  const shown = options.shown ?? ((text: string) => text);
  describe(`${name} keeps the connector contract`, () => {
    let harness: Harness;
    beforeAll(async () => {
      harness = await options.start();
    });
    afterAll(async () => {
      await harness.close();
    });

    function variant(fields: Partial<VariantContent> = {}): VariantContent {
      return {
        parts: [unique()],
        link: null,
        media: [],
        firstComment: null,
        options: options.options,
        ...fields,
      };
    }

    /** With `altText`, one image; without, one only where the platform demands it. */
    function inputOf(content: VariantContent, altText?: string): DeliveryInput {
      const image = harness.requiredImage ?? (altText === undefined ? null : pixelFile);
      const media = image === null ? [] : [{ ...image, altText: altText ?? "" }];
      return {
        deliveryId: randomUUID(),
        variant: {
          ...content,
          media: media.map(({ mediaId, altText: words }) => ({ mediaId, altText: words })),
        },
        media,
        dueAt: new Date(),
      };
    }

    async function count(text: string): Promise<number> {
      return (await harness.visible()).filter((seen) => seen.text.includes(text)).length;
    }

    /** Prepares and commits all items, as delivery does. */
    async function publish(input: DeliveryInput): Promise<{ plan: Plan; published: Published[] }> {
      const plan = await harness.connector.prepare(harness.context(), input);
      const published: Published[] = [];
      for (const index of plan.items.keys()) {
        const item = itemOf(input, index, published);
        published.push(await harness.connector.commit(harness.context(), plan, item));
      }
      return { plan, published };
    }

    async function find(plan: Plan, item: ItemRef, sentAt: Date): Promise<Located | "unsupported"> {
      if (harness.connector.locate === "unsupported") return "unsupported";
      return harness.connector.locate(harness.context(), plan, item, since(sentAt));
    }

    it("knows whose account it is", async () => {
      const context = harness.context();
      const account = await harness.connector.probe(context);
      expect(account.accountId).toBe(context.accountId);
      expect(account.handle).not.toBe("");
    });

    it("names where its posts go: whatever decides it changes the fingerprint, and nothing else does", async () => {
      const { connector } = harness;
      const { settings, credentials, accountId, site } = harness.context();
      const known = { settings, credentials, accountId };
      const around = site ? { site } : {};
      const { hash } = await fingerprintOf(connector, { ...known, ...around });
      expect((await fingerprintOf(connector, { ...known, ...around })).hash).toBe(hash);
      const decisive = new Set(targetFields[connector.id]);
      for (const field of leavesOf(known)) {
        const changed = fingerprintOf(connector, { ...withOther(known, field), ...around }).then(
          (found) => found.hash !== hash,
        );
        expect({ field: field.join("."), changed: await changed }).toEqual({
          field: field.join("."),
          changed: decisive.has(field.join(".")),
        });
      }
      // Nothing secret stands in what people read.
      const { words } = await fingerprintOf(connector, { ...known, ...around });
      for (const secret of leavesOf(credentials).filter((field) =>
        /pass|token|secret|jwt/i.test(field.join()),
      )) {
        expect(words).not.toContain(valueAt(credentials, secret));
      }
    });

    it("prepares as often as one likes, in plain JSON, and shows nobody", async () => {
      const text = unique();
      const input = inputOf(variant({ parts: [text] }));
      await harness.connector.prepare(harness.context(), input);
      const plan = await harness.connector.prepare(harness.context(), input);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      expect(plan.items).toHaveLength(1);
      expect(await count(text)).toBe(0);
    });

    it("commits exactly one visible thing, with its alt text, and finds it again", async () => {
      const text = unique();
      const altText = `A pixel "of" ${unique()}`;
      const input = inputOf(variant({ parts: [text] }), altText);
      const plan = await harness.connector.prepare(harness.context(), input);
      const item = itemOf(input, 0, []);
      const sentAt = new Date();

      const before = await find(plan, item, sentAt);
      if (before !== "unsupported") {
        expect(matchesIn(before)).toEqual([]);
        expect(coverageOf(before)?.getTime()).toBeLessThanOrEqual(sentAt.getTime());
      }

      const published = await harness.connector.commit(harness.context(), plan, item);
      const seen = (await harness.visible()).filter((thing) => thing.text.includes(text));
      expect(seen).toHaveLength(1);
      // Where a platform has no place for descriptions, none is sent.
      expect(seen[0]?.altTexts).toEqual(harness.connector.limits.altTextLength === 0 ? [] : [altText]);

      const after = await find(plan, item, sentAt);
      if (after !== "unsupported") {
        expect(matchesIn(after).map((match) => match.externalId)).toEqual([published.externalId]);
        expect(matchesIn(after)[0]?.createdAt.getTime()).toBeGreaterThanOrEqual(sentAt.getTime() - 1000);
      }
    });

    it("finds after a loss what another plan has sent, with uploads that nobody knows any more", async () => {
      const { connector } = harness;
      if (connector.locate === "unsupported") return;
      const input = inputOf(variant(), "A dot.");
      const item = itemOf(input, 0, []);
      const sentAt = new Date();
      await connector.commit(harness.context(), await connector.prepare(harness.context(), input), item);
      const plan = await connector.prepare(harness.context(), input);
      const found = await connector.locate(harness.context(), plan, item, since(sentAt, true));
      if (found !== "unsupported") expect(matchesIn(found)).toHaveLength(1);
    });

    it("carries the link, and any text unchanged", async () => {
      const text = `${unique()} <b>&amp;</b> "quotes" 日本語 👩‍👩‍👧‍👦 é`;
      const link = `https://example.com/${randomUUID()}?a=1&b=2`;
      await publish(inputOf(variant({ parts: [text], link })));
      const seen = (await harness.visible()).find((thing) => thing.text.includes(shown(text)));
      expect(seen?.text).toContain(link);
    });

    testIf(
      options.threads,
      "publishes each part of a thread and the first comment as an item of its own",
      async () => {
        const { limits } = harness.connector;
        const parts = [unique(), unique(), unique()];
        const comment = unique();
        const sentAt = new Date();
        const input = inputOf(variant({ parts, firstComment: limits.firstComment ? comment : null }));
        const { plan, published } = await publish(input);
        const texts = limits.firstComment ? [...parts, comment] : parts;
        expect(plan.items).toHaveLength(texts.length);
        expect(new Set(published.map((item) => item.externalId)).size).toBe(texts.length);
        for (const [index, text] of texts.entries()) {
          expect(await count(text)).toBe(1);
          const located = await find(plan, itemOf(input, index, published.slice(0, index)), sentAt);
          if (located === "unsupported") continue;
          expect(matchesIn(located)[0]?.externalId).toBe(published[index]?.externalId);
        }
      },
    );

    testIf(options.refusesDuplicates === true, "says so when the platform refuses a duplicate", async () => {
      const text = unique();
      await publish(inputOf(variant({ parts: [text] })));
      const failure = await failureOf(publish(inputOf(variant({ parts: [text] }))));
      expect(failure.verdict).toBe("rejected");
      expect(failure.code).toMatch(/\.duplicate$/);
      expect(await count(text)).toBe(1);
    });

    testIf(options.refusesDuplicates !== true, "publishes twice what was wanted twice", async () => {
      const text = unique();
      const first = await publish(inputOf(variant({ parts: [text] })));
      const second = await publish(inputOf(variant({ parts: [text] })));
      expect(await count(text)).toBe(2);
      expect(first.published[0]?.externalId).not.toBe(second.published[0]?.externalId);
    });

    testIf(options.idempotent, "makes one thing of two commits with one key", async () => {
      const text = unique();
      const input = inputOf(variant({ parts: [text] }));
      const { plan, published } = await publish(input);
      const again = await harness.connector.commit(harness.context(), plan, itemOf(input, 0, []));
      expect(again).toEqual(published[0]);
      expect(await count(text)).toBe(1);
    });

    testIf(options.enforcesTextLimit, "allows what the platform takes and no more", async () => {
      const { connector } = harness;
      const prefix = unique();
      const room = connector.limits.textLength - connector.measure(prefix);
      const fits = inputOf(variant({ parts: [prefix + "x".repeat(room)] }));
      const tooLong = inputOf(variant({ parts: [`${prefix}${"x".repeat(room)}y`] }));
      expect(connector.validate(fits.variant, fits.media)).toEqual([]);
      const problems = connector.validate(tooLong.variant, tooLong.media);
      expect(problems.map((problem) => problem.code)).toEqual(["content.too_long"]);
      await publish(fits);
      expect(await failureOf(publish(tooLong))).toMatchObject({ verdict: "rejected" });
      expect(await count(prefix)).toBe(1);
    });

    it("has rules for an account's own limits, whatever was kept of them", async () => {
      const { connector } = harness;
      const { accountLimits } = connector;
      expect(forAccount(connector, null)).toBe(connector);
      if (accountLimits === null) return;
      const read = await accountLimits.read(harness.context());
      // It is stored as JSON.
      expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      for (const kept of [read, {}, { of: ["another", "version"] }]) {
        const own = forAccount(connector, kept);
        expect(Object.keys(own.limits)).toEqual(Object.keys(connector.limits));
        expect(own.validate(inputOf(variant()).variant, inputOf(variant()).media)).toEqual([]);
      }
      expect(forAccount(connector, {}).limits).toEqual(connector.limits);
    });

    it("tells the author about everything that is wrong", () => {
      const { connector } = harness;
      const { limits } = connector;
      const media = [{ mediaId: "m", altText: "x".repeat(limits.altTextLength + 1) }];
      const wrong = variant({
        parts: Array.from({ length: limits.maxParts + 1 }, () => " "),
        link: "javascript:alert(1)",
        media: Array.from({ length: limits.maxMedia + 1 }, () => media[0] ?? { mediaId: "", altText: "" }),
        options: { unheard: "of" },
      });
      const codes = new Set(connector.validate(wrong, []).map((problem) => problem.code));
      for (const code of [
        "content.too_many_parts",
        "content.bad_link",
        "content.too_many_media",
        ...(limits.altTextLength === 0 ? [] : ["content.alt_text_too_long"]),
        "content.media_missing",
        "content.unknown_option",
      ]) {
        expect(codes).toContain(code);
      }
      const empty = connector.validate(variant({ parts: [" "] }), []);
      expect(empty.map((problem) => problem.code)).toContain("content.empty");
      const broken = connector.validate(variant({ parts: ["half \ud800"] }), []);
      expect(broken.map((problem) => problem.code)).toContain("text.lone_surrogate");
    });

    it("says not_sent when nothing listens", async () => {
      const text = unique();
      const input = inputOf(variant({ parts: [text] }));
      const plan = await harness.connector.prepare(harness.context(), input);
      const failure = await failureOf(
        harness.connector.commit(harness.unreachable(), plan, itemOf(input, 0, [])),
      );
      expect(failure).toMatchObject({ verdict: "not_sent" });
      expect(await count(text)).toBe(0);
    });

    it.each(options.faults)("says $verdict: $name", async (fault) => {
      const text = unique();
      const input = inputOf(variant({ parts: [text] }));
      const plan = await harness.connector.prepare(harness.context(), input);
      const item = itemOf(input, 0, []);
      const sentAt = new Date();
      await fault.arrange(harness);
      const failure = await failureOf(
        harness.connector.commit(harness.context(fault.deadlineMs), plan, item),
      );
      await fault.restore?.(harness);
      expect(failure).toMatchObject({ verdict: fault.verdict });
      if (fault.refreshable !== undefined) expect(failure).toMatchObject({ refreshable: fault.refreshable });
      expect(await count(text)).toBe(fault.visible);
      const located = await find(plan, item, sentAt);
      if (located !== "unsupported") expect(matchesIn(located)).toHaveLength(fault.visible);
    });
  });
}

/** A promise that only some platforms make is no test at all for the others. */
function testIf(promised: boolean, name: string, test: () => Promise<void>): void {
  if (promised) it(name, test);
}

function unique(): string {
  return `note ${randomUUID()}`;
}

function itemOf(input: DeliveryInput, index: number, published: Published[]): ItemRef {
  return { index, key: `${input.deliveryId}/${index}`, published };
}

const pixelFile: Omit<MediaFile, "altText"> = {
  mediaId: "pixel",
  sha256: sha256(pixel),
  mimeType: "image/png",
  bytes: pixel.length,
  width: 1,
  height: 1,
  durationMs: null,
  pages: null,
  publicUrl: "https://galley.example/media/pixel.png",
  read: () => Promise.resolve(pixel),
  // oxlint-disable-next-line require-await -- a generator is the shortest asynchronous list
  chunks: async function* chunks() {
    yield pixel;
  },
};
