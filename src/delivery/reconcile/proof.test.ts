import { describe, expect, test } from "vitest";
import type { ListedPost, LocatedInList } from "#connectors";
import { judgeLook, type LookFacts } from "./proof.ts";

const sentAt = new Date("2026-03-01T12:00:00Z");
const windowMs = 600_000;
const skewMs = 120_000;
/** Long enough for a person to be asked. */
const late = 2_500_000;

function after(ms: number): Date {
  return new Date(sentAt.getTime() + ms);
}

function post(externalId: string, createdAfterMs: number, more: Partial<ListedPost> = {}): ListedPost {
  const url = `https://example.org/${externalId}`;
  return { externalId, url, data: {}, createdAt: after(createdAfterMs), likeness: "same", ...more };
}

function list(posts: ListedPost[] = [], coversFrom: Date | null = new Date(0)): LocatedInList {
  return { by: "list", posts, coversFrom, shows: ["post"] };
}

/** A look after the window at a whole list by a clock that agrees, with what differs. */
function look(given: Partial<LookFacts>): LookFacts {
  return {
    located: list(),
    sentAt,
    lookedAt: after(700_000),
    setForwardMs: 0,
    windowMs,
    settlingMs: windowMs,
    knownForMs: 700_000,
    skewMs,
    clockAheadMs: 0,
    cachedForMs: 0,
    taken: new Set(),
    witnesses: [],
    isTwinOfLost: false,
    afterLoss: false,
    hasReplies: false,
    looks: 1,
    watchers: 1,
    giveUpAfterMs: 1_800_000,
    ...given,
  };
}

/** What follows at once, and what does once nothing more is hoped for. */
function verdicts(given: Partial<LookFacts>): string[] {
  return [judgeLook(look(given)).kind, judgeLook(look({ ...given, lookedAt: after(late) })).kind];
}

function askedWhy(given: Partial<LookFacts>): string {
  const result = judgeLook(look({ ...given, lookedAt: after(late) }));
  return result.kind === "ask" ? result.why : `no question but ${result.kind}`;
}

test("a look confirms early, and never proves absence early", () => {
  const early = { lookedAt: after(1_000), knownForMs: 1_000 };
  expect(judgeLook(look({ ...early, located: list([post("a", 100)], null) }))).toMatchObject({
    kind: "found",
    published: { externalId: "a" },
  });
  expect(judgeLook(look({ lookedAt: after(599_999) })).kind).toBe("again");
  expect(judgeLook(look({ lookedAt: after(600_000) })).kind).toBe("absent");
});

test("the look that asks a person is not put off, however many came before", () => {
  const soon = windowMs + 1_800_000 - 10_000;
  const doubtful = look({ located: list([], null), looks: 12, lookedAt: after(soon) });
  expect(judgeLook(doubtful)).toMatchObject({ kind: "again", waitMs: 10_000 });
  expect(judgeLook({ ...doubtful, lookedAt: after(soon + 10_001) }).kind).toBe("ask");
});

test("where no process lives for a whole window a person is asked in the end, but not for a clock or one restart", () => {
  const similar = list([post("near", 100, { likeness: "similar" })], null);
  const started = { knownForMs: 1_000, located: similar, looks: 40, lookedAt: after(late) };
  expect(judgeLook(look({ ...started, watchers: 2 })).kind).toBe("again");
  expect(judgeLook(look({ ...started, watchers: 12 }))).toMatchObject({
    kind: "ask",
    doubt: { reason: "unwatched", seen: [{ likeness: "similar" }] },
  });
  expect(judgeLook(look({ ...started, watchers: 12, lookedAt: after(700_000) })).kind).toBe("again");
});

test("nor does the next part of a thread wait for ever for a process that stays", () => {
  const ours = list([post("a", 100)]);
  const started = { knownForMs: 1_000, located: ours, hasReplies: true, lookedAt: after(late) };
  expect(judgeLook(look({ ...started, watchers: 2 })).kind).toBe("again");
  expect(judgeLook(look({ ...started, watchers: 12 }))).toMatchObject({
    kind: "ask",
    doubt: { reason: "unwatched", seen: [{ url: "https://example.org/a" }] },
  });
});

test("a database's clock that was set forward neither ends the window nor the time until a person is asked", () => {
  const hour = 3_600_000;
  const set = { setForwardMs: hour, located: list([], null) };
  expect(judgeLook(look({ ...set, located: list(), lookedAt: after(hour + 599_999) })).kind).toBe("again");
  expect(judgeLook(look({ ...set, located: list(), lookedAt: after(hour + 600_000) })).kind).toBe("absent");
  expect(judgeLook(look({ ...set, lookedAt: after(hour + 700_000) })).kind).toBe("again");
  expect(judgeLook(look({ ...set, lookedAt: after(hour + late) })).kind).toBe("ask");
  const unread = { setForwardMs: hour, located: "unsupported" as const };
  expect(judgeLook(look({ ...unread, lookedAt: after(hour + 599_999) })).kind).toBe("again");
});

describe("a list proves absence only", () => {
  test("where it reaches back by as much as the clocks may differ", () => {
    expect(verdicts({ located: list([], after(1)) })).toEqual(["again", "ask"]);
    expect(verdicts({ located: list([], null) })).toEqual(["again", "ask"]);
    // A platform that is 90 seconds behind dates what is sent now before this.
    expect(verdicts({ located: list([], after(-60_000)) })).toEqual(["again", "ask"]);
    expect(verdicts({ located: list([], after(-skewMs + 1)) })).toEqual(["again", "ask"]);
    expect(verdicts({ located: list([], after(-skewMs)) })).toEqual(["absent", "absent"]);
  });

  test("where nothing in it may be the item", () => {
    expect(verdicts({ located: list([post("hers", 5_000, { likeness: "other" })]) })).toEqual([
      "absent",
      "absent",
    ]);
    const changed = list([post("changed", 5_000, { likeness: "similar" })]);
    expect(verdicts({ located: changed })).toEqual(["again", "ask"]);
    expect(askedWhy({ located: changed })).toContain("https://example.org/changed");
    // What it saw helps a person as well where the list is not whole.
    const cut = list([post("changed", 5_000, { likeness: "similar" })], null);
    expect(askedWhy({ located: cut })).toContain("https://example.org/changed");
    expect(verdicts({ located: changed, taken: new Set(["changed"]) })).toEqual(["absent", "absent"]);
    const earlier = list([post("earlier", -skewMs - 1, { likeness: "similar" })]);
    expect(verdicts({ located: earlier })).toEqual(["absent", "absent"]);
    // An equal one that is too old may be ours under a wrong clock.
    expect(verdicts({ located: list([post("old", -skewMs - 1)]) })).toEqual(["again", "ask"]);
  });

  test("where it shows what Galley has seen published", () => {
    const own = post("own", -300_000, { likeness: "other" });
    const taken = new Set(["own", "v1"]);
    expect(verdicts({ witnesses: ["own"], taken })).toEqual(["again", "ask"]);
    expect(verdicts({ witnesses: ["own"], taken, located: list([own]) })).toEqual(["absent", "absent"]);
    const named = list([{ ...own, externalId: "p1", aliases: ["v1"] }]);
    expect(verdicts({ witnesses: ["v1"], taken, located: named })).toEqual(["absent", "absent"]);
    expect(askedWhy({ witnesses: ["own", "v1"], taken })).toContain("lacks 2 of the posts");
  });

  test("where no equal post shows what another attempt owns", () => {
    const shows = list([post("p1", 1_000, { aliases: ["p1", "v1"] })]);
    expect(verdicts({ located: shows, taken: new Set(["v1"]) })).toEqual(["again", "ask"]);
    expect(verdicts({ located: shows, taken: new Set(["p1"]) })).toEqual(["absent", "absent"]);
    expect(judgeLook(look({ located: shows })).kind).toBe("found");
  });

  test("where the platform does not say itself that it has such a post, after an answer was lost", () => {
    expect(verdicts({ isTwinOfLost: true })).toEqual(["again", "ask"]);
    expect(judgeLook(look({ isTwinOfLost: true, located: list([post("late", 1_000)]) })).kind).toBe("found");
  });

  test("where the platform does not say by a key of our own that it is out", () => {
    const out = { ...list(), isOut: true };
    expect(verdicts({ located: out })).toEqual(["again", "ask"]);
    expect(askedWhy({ located: out })).toContain("has this post already");
    const named = { ...list([post("ours", 1_000)]), isOut: true };
    // Nor does it keep from the parts that follow: the list is as whole as any other.
    for (const hasReplies of [false, true]) {
      expect(judgeLook(look({ located: named, hasReplies })).kind).toBe("found");
    }
  });

  test("where the platform's clock agrees", () => {
    expect(verdicts({ clockAheadMs: skewMs })).toEqual(["absent", "absent"]);
    expect(verdicts({ clockAheadMs: skewMs + 1 })).toEqual(["again", "ask"]);
    expect(verdicts({ clockAheadMs: -skewMs - 1 })).toEqual(["again", "ask"]);
    expect(askedWhy({ clockAheadMs: 660_000 })).toBe(
      "The platform's clock is 660 seconds ahead of Galley's, so its times prove nothing.",
    );
    // Nor does it say which of equal posts is ours.
    const equal = { clockAheadMs: 660_000, located: list([post("byHand", 60_000)]) };
    expect(verdicts(equal)).toEqual(["again", "ask"]);
    expect(askedWhy(equal)).toContain("https://example.org/byHand");
  });

  test("where it is as of now, and not out of a cache", () => {
    expect(verdicts({ cachedForMs: 1_000 })).toEqual(["again", "ask"]);
    expect(askedWhy({ cachedForMs: 900_000 })).toContain("as they were 900 seconds before");
    const found = { cachedForMs: 1_000, located: list([post("ours", 1_000)]) };
    expect(judgeLook(look(found)).kind).toBe("found");
  });

  test("where this process has waited as long itself, whatever the database's clock says", () => {
    expect(verdicts({ knownForMs: 2_000 })).toEqual(["again", "again"]);
    expect(judgeLook(look({ knownForMs: 599_999 }))).toMatchObject({ kind: "again", waitMs: 1 });
    expect(verdicts({ knownForMs: 600_000 })).toEqual(["absent", "absent"]);
    // A backup's age is in the window, but nobody need have waited since then.
    const restored = { windowMs: windowMs + 86_400_000, lookedAt: after(windowMs + 86_400_000) };
    expect(judgeLook(look({ ...restored, knownForMs: 600_000 })).kind).toBe("absent");
  });
});

describe("what is found", () => {
  test("is neither older than the attempt nor another's", () => {
    const twins = list([post("second", 2_000), post("first", 1_000)]);
    const found = (taken: string[]) => judgeLook(look({ located: twins, taken: new Set(taken) }));
    expect(found([])).toMatchObject({ published: { externalId: "first" } });
    expect(found(["first"])).toMatchObject({ published: { externalId: "second" } });
    expect(found(["first", "second"]).kind).toBe("absent");
  });

  test("is not what the platform names another application or person for", () => {
    expect(verdicts({ located: list([post("byHand", 1_000, { isForeign: true })]) })).toEqual([
      "absent",
      "absent",
    ]);
  });

  test("is as old as the measured difference of the clocks says", () => {
    const behind = { clockAheadMs: -90_000, located: list([post("ours", -89_000)]) };
    expect(judgeLook(look(behind)).kind).toBe("found");
    // By a clock that agrees, somebody else wrote it a minute before.
    expect(verdicts({ located: list([post("hers", -60_000)]) })).toEqual(["again", "ask"]);
    // Where nothing is known of the clock, it may be ours.
    expect(judgeLook(look({ clockAheadMs: null, located: list([post("ours", -60_000)]) })).kind).toBe(
      "found",
    );
  });

  test("is asked about where a thread would go on below one of several", () => {
    const twins = list([post("byHand", 2_000), post("ours", 1_000)]);
    expect(verdicts({ located: twins, hasReplies: true })).toEqual(["again", "ask"]);
    expect(askedWhy({ located: twins, hasReplies: true })).toContain("https://example.org/ours");
    expect(judgeLook(look({ located: twins, hasReplies: true, taken: new Set(["byHand"]) })).kind).toBe(
      "found",
    );
  });

  test("is one that a thread goes on below only where no other can appear any more", () => {
    const alone = { located: list([post("first", 1_000)]), hasReplies: true };
    expect(judgeLook(look(alone)).kind).toBe("found");
    // A stranger's copy may show before ours does, on a list that lacks a page, or beside ours with other quotes.
    expect(judgeLook(look({ ...alone, lookedAt: after(5_000), knownForMs: 5_000 })).kind).toBe("again");
    expect(judgeLook(look({ ...alone, knownForMs: 5_000 })).kind).toBe("again");
    expect(verdicts({ ...alone, witnesses: ["own"] })).toEqual(["again", "ask"]);
    expect(verdicts({ ...alone, located: list([post("first", 1_000)], after(-1_000)) })).toEqual([
      "again",
      "ask",
    ]);
    const edited = list([post("first", 1_000), post("ours", 2_000, { likeness: "similar" })]);
    expect(verdicts({ ...alone, located: edited })).toEqual(["again", "ask"]);
    // Nothing follows: whichever of them is ours, there is one.
    expect(judgeLook(look({ located: edited })).kind).toBe("found");
  });

  test("is not one of before t_send, also where the database's clock was set forward since", () => {
    const byHand = list([post("byHand", -60_000)]);
    const stepped = {
      located: byHand,
      setForwardMs: 60_000,
      lookedAt: after(760_000),
      clockAheadMs: -60_000,
    };
    expect(judgeLook(look(stepped)).kind).toBe("again");
    expect(judgeLook(look({ ...stepped, located: list([post("ours", 1_000)]) })).kind).toBe("found");
  });
});

test("what stands under a key of our own is ours, and nothing there is a proof after the window", () => {
  const { likeness: _likeness, ...mine } = post("mine", -9_000_000);
  const found = judgeLook(look({ located: { by: "key", posts: [mine] }, lookedAt: after(1), knownForMs: 0 }));
  expect(found).toMatchObject({ kind: "found", published: { externalId: "mine" } });
  expect(judgeLook(look({ located: { by: "key", posts: [] }, lookedAt: after(599_999) })).kind).toBe("again");
  expect(verdicts({ located: { by: "key", posts: [] }, clockAheadMs: 9_000_000 })).toEqual([
    "absent",
    "absent",
  ]);
});

test("nothing under the key is no proof of what a lost history may have sent under another one", () => {
  const lost = { located: { by: "key" as const, posts: [] }, afterLoss: true };
  expect(verdicts(lost)).toEqual(["ask", "ask"]);
  expect(judgeLook(look(lost))).toMatchObject({ doubt: { reason: "other_key", seen: [] } });
  expect(judgeLook(look({ ...lost, lookedAt: after(599_999) })).kind).toBe("again");
  // A list names whatever is there.
  expect(verdicts({ afterLoss: true })).toEqual(["absent", "absent"]);
});

test("a person is asked where nothing can be read, but not before the window has passed", () => {
  expect(judgeLook(look({ located: "unsupported", lookedAt: after(1_000), knownForMs: 0 }))).toMatchObject({
    kind: "again",
    waitMs: 599_000,
    // People are not told that it is being read.
    blind: true,
  });
  expect(judgeLook(look({ located: "unsupported", knownForMs: 0 })).kind).toBe("ask");
});

test("what stands under a key is ours however old it is, and dated no earlier than it was sent", () => {
  for (const createdAt of [after(-86_400_000), new Date(NaN)]) {
    const located = { by: "key" as const, posts: [{ ...post("keyed", 0), createdAt }] };
    expect(judgeLook(look({ located }))).toMatchObject({ kind: "found", createdAt: after(0) });
  }
});

test("what proves nothing is told as data too, with the reason and the posts that are doubtful", () => {
  const doubtOf = (given: Partial<LookFacts>) => {
    const results = [judgeLook(look(given)), judgeLook(look({ ...given, lookedAt: after(late) }))];
    const [again, ask] = results.map((result) => ("doubt" in result ? result.doubt : undefined));
    // A look that is made again has shown the same.
    expect(again).toEqual(ask);
    return ask;
  };
  const changed = list(
    [post("changed", 5_000, { likeness: "similar" }), post("old", -skewMs - 1)],
    after(-skewMs),
  );
  expect(doubtOf({ located: changed })).toEqual({
    reason: "resembles",
    message: "The platform shows what may be this post, or one that somebody else wrote.",
    coversFrom: after(-skewMs).toISOString(),
    seen: [
      {
        url: "https://example.org/old",
        externalId: "old",
        createdAt: after(-skewMs - 1).toISOString(),
        likeness: "same",
      },
      {
        url: "https://example.org/changed",
        externalId: "changed",
        createdAt: after(5_000).toISOString(),
        likeness: "similar",
      },
    ],
  });
  expect(doubtOf({ located: list([], null) })).toMatchObject({ reason: "reach", coversFrom: null, seen: [] });
  expect(doubtOf({ clockAheadMs: 660_000 })?.reason).toBe("clock");
  expect(doubtOf({ isTwinOfLost: true })?.reason).toBe("twin");
  expect(doubtOf({ witnesses: ["own"], taken: new Set(["own"]) })?.reason).toBe("witnesses");
  const twins = list([post("byHand", 2_000), post("ours", 1_000)]);
  expect(doubtOf({ located: twins, hasReplies: true })).toMatchObject({
    reason: "several_equal",
    seen: [{}, {}],
  });
  const blind = judgeLook(look({ located: "unsupported" }));
  expect(blind).toMatchObject({ kind: "ask", doubt: { reason: "unsupported", seen: [] } });
});
