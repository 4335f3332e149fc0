import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createMetrics } from "#platform/metrics";
import { createLogger } from "#platform/telemetry";
import { testApp, type TestApp } from "../../../../test/support/app.ts";
import { rawPath, requestOf } from "../../../../test/support/calls.ts";
import { createNotes } from "../../../../test/support/features/notes.ts";
import { startRedis } from "../../../../test/support/redis.ts";
import { networkOf } from "./rate-limits.ts";

async function statuses({ app }: TestApp, remoteAddress: string, count: number): Promise<number[]> {
  const codes = [];
  for (let index = 0; index < count; index += 1) {
    codes.push((await app.inject({ url: "/health", remoteAddress })).statusCode);
  }
  return codes;
}

/** The lines of a log, and a logger that writes them. */
function recordedLog() {
  const lines: string[] = [];
  const logger = createLogger({ logLevel: "warn", stream: { write: (line) => void lines.push(line) } });
  return { logger, about: (word: string) => lines.filter((line) => line.includes(word)) };
}

describe("with Redis", () => {
  it("servers count together, go on alone at once when it is killed, and together when it is back", async (context) => {
    const redis = await startRedis();
    if (!redis) return context.skip("redis-server is not installed");
    const log = recordedLog();
    const metrics = createMetrics();
    const options = { redisUrl: redis.url, requestsPerMinute: 4 };
    const one = await testApp({ options, logger: log.logger, metrics });
    const other = await testApp({ options });
    const gauge = () => metrics.registry.getSingleMetricAsString("galley_rate_limits_shared");
    async function countTogether(): Promise<void> {
      await vi.waitFor(async () => {
        const address = `10.1.${randomInt(250)}.${randomInt(250)}`;
        const codes = [...(await statuses(one, address, 2)), ...(await statuses(other, address, 3))];
        expect(codes).toEqual([200, 200, 200, 200, 429]);
      }, 15_000);
    }
    try {
      await countTogether();
      expect(await gauge()).toContain("galley_rate_limits_shared 1");
      expect(await statuses(one, "10.2.0.1", 3)).toEqual([200, 200, 200]);
      // Starting, it may have been slow to answer.
      const [away, back] = [log.about("redis is away").length, log.about("redis is back").length];
      await redis.kill();
      // Where it stood, not from the beginning; and a stranger's count is as tight as ever.
      expect(await statuses(one, "10.2.0.1", 3)).toEqual([200, 429, 429]);
      expect(await statuses(one, "10.2.0.2", 26)).toEqual([...Array(4).fill(200), ...Array(22).fill(429)]);
      expect(await gauge()).toContain("galley_rate_limits_shared 0");
      expect(log.about("redis is away")).toHaveLength(away + 1);
      await redis.restart();
      await countTogether();
      expect(await gauge()).toContain("galley_rate_limits_shared 1");
      expect(log.about("redis is back")).toHaveLength(back + 1);
      expect(log.about("redis is away")).toHaveLength(away + 1);
    } finally {
      await Promise.all([one.close(), other.close()]);
      await redis.kill();
    }
  }, 60_000);

  it("that never answers, limits hold and the log has one line", async () => {
    const log = recordedLog();
    const options = { redisUrl: "redis://127.0.0.1:1", requestsPerMinute: 2 };
    const alone = await testApp({ options, logger: log.logger });
    try {
      expect(await statuses(alone, "10.3.0.1", 4)).toEqual([200, 200, 429, 429]);
      await vi.waitFor(() => expect(log.about("redis is away")).toHaveLength(1));
      expect(await statuses(alone, "10.3.0.2", 4)).toEqual([200, 200, 429, 429]);
      expect(log.about("redis is away")).toHaveLength(1);
    } finally {
      await alone.close();
    }
  });

  it("refuses the eleventh guess of a password while Redis is away", async () => {
    const alone = await testApp({ options: { redisUrl: "redis://127.0.0.1:1" } });
    try {
      const codes = new Set<number>();
      for (let index = 0; index < 22; index += 1) {
        const payload = { email: `nobody-${index}@example.test`, password: "wrong" };
        const asked = {
          ...requestOf("signIn"),
          payload,
          remoteAddress: "10.3.0.9",
        } as const;
        codes.add((await alone.app.inject(asked)).statusCode);
      }
      expect([...codes]).toEqual([401, 429]);
    } finally {
      await alone.close();
    }
  }, 60_000);
});

describe("who is counted", () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await testApp({ register: createNotes().routes, options: { requestsPerMinute: 3 } });
  });
  afterAll(() => test.close());

  it("is the person who is signed in, wherever they are, and nobody beside them", async () => {
    const [ada, bob] = [await test.owner(), await test.owner()];
    const ask = async (bearer: string, remoteAddress: string) => {
      const headers = { authorization: `Bearer ${bearer}` };
      return (await test.app.inject({ ...requestOf("whoAmI"), remoteAddress, headers })).statusCode;
    };
    const codes = [];
    for (let index = 0; index < 4; index += 1) codes.push(await ask(ada.bearer, `10.4.0.${index}`));
    expect(codes).toEqual([200, 200, 200, 429]);
    expect(await ask(bob.bearer, "10.4.0.1")).toBe(200);
  });

  it("is the address where a session is wrong, so that guesses are counted", async () => {
    const codes = [];
    for (let index = 0; index < 4; index += 1) {
      const headers = { authorization: `Bearer ${index}.${"a".repeat(43)}=` };
      codes.push(
        (await test.app.inject({ ...requestOf("whoAmI"), remoteAddress: "10.5.0.1", headers })).statusCode,
      );
    }
    expect(codes).toEqual([401, 401, 401, 429]);
  });

  it("is the network of an IPv6 address", async () => {
    const addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2:a:b:c:d", "2001:db8:1:2::9"];
    const codes = [];
    for (const address of addresses) codes.push(...(await statuses(test, address, 1)));
    expect(codes).toEqual([200, 200, 200, 429]);
    expect(await statuses(test, "2001:db8:1:3::1", 1)).toEqual([200]);
  });

  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::ffff:cb00:7109", "203.0.113.9"],
    ["203.0.113.9:51234", "203.0.113.9"],
    ["[2001:db8:1:2::1]:51234", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2:3::1", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80::/64"],
    ["unknown", "unknown"],
    ["_hidden", "unknown"],
    ["", "unknown"],
  ])("reads %s as %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

async function seenAs(trustProxy: false | number | string[], forwarded: string, remoteAddress = "10.0.0.9") {
  const behind = await testApp({
    options: { trustProxy },
    register: (api) =>
      void api.get(
        "/whoami",
        { config: { access: "public" }, schema: { hide: true } },
        (request) => request.ip,
      ),
  });
  try {
    const headers = { "x-forwarded-for": forwarded };
    return (await behind.app.inject({ url: rawPath("/whoami"), remoteAddress, headers })).body;
  } finally {
    await behind.close();
  }
}

describe("a proxy's word about the client", () => {
  it("counts for as many hops as are named, and never further left", async () => {
    const spoofed = "1.1.1.1, 203.0.113.5, 10.0.0.8";
    expect(await seenAs(false, spoofed)).toBe("10.0.0.9");
    expect(await seenAs(1, spoofed)).toBe("10.0.0.8");
    expect(await seenAs(2, spoofed)).toBe("203.0.113.5");
  }, 60_000);

  it("counts from the named networks, and never further left", async () => {
    const spoofed = "1.1.1.1, 203.0.113.5, 10.0.0.8";
    expect(await seenAs(["uniquelocal"], spoofed)).toBe("203.0.113.5");
    expect(await seenAs(["10.0.0.9/32"], spoofed)).toBe("10.0.0.8");
    expect(await seenAs(["loopback"], spoofed)).toBe("10.0.0.9");
    expect(await seenAs(["uniquelocal"], spoofed, "203.0.113.77")).toBe("203.0.113.77");
  }, 60_000);
});
