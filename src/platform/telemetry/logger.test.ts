import { expect, test } from "vitest";
import { addLogContext, createLogger, withLogContext } from "#platform/telemetry";

function captured() {
  const lines: string[] = [];
  const log = createLogger({ logLevel: "info", stream: { write: (line: string) => void lines.push(line) } });
  return { log, lines };
}

test("no secret reaches a log line, wherever it hides", () => {
  const { log, lines } = captured();
  const canary = "c4n4ry-s3cret";
  log.info({ headers: { authorization: canary, Cookie: canary, "x-api-key": canary } }, "headers");
  log.info({ form: { appPassword: canary, list: [{ accessToken: canary }] } }, "deep");
  log.info(`failed for postgres://galley:${canary}@db/galley with Bearer ${canary}`);
  log.info({ url: `/oauth/callback?code=${canary}&state=${canary}#x` });
  const cause = Object.assign(new Error(`GET https://x/?access_token=${canary}`), { credentials: canary });
  log.error({ err: new Error(`Authorization: Bearer ${canary}`, { cause }) }, "wrong");
  log.error(new Error(`https://user:${canary}@host/`));
  expect(lines).toHaveLength(6);
  expect(lines.join("")).not.toContain(canary);
  expect(JSON.parse(lines[4] ?? "")).toMatchObject({ level: "error", err: { type: "Error", cause: {} } });
});

test("lines carry the ids of their request, also those learnt on the way", async () => {
  const { log, lines } = captured();
  await Promise.all(
    ["one", "two"].map((requestId) =>
      withLogContext({ requestId }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        addLogContext({ userId: `user-${requestId}` });
        await new Promise((resolve) => setImmediate(resolve));
        log.info("done");
      }),
    ),
  );
  const seen = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(seen.map(({ requestId, userId }) => [requestId, userId])).toEqual([
    ["one", "user-one"],
    ["two", "user-two"],
  ]);
});

test("a structure without end is cut, bytes are counted", () => {
  const { log, lines } = captured();
  const endless: Record<string, unknown> = { bytes: new Uint8Array(3) };
  endless["self"] = endless;
  log.info({ endless });
  expect(lines[0]).toContain('"bytes":"[3 bytes]"');
  expect(lines[0]).toContain("[deeper]");
});
