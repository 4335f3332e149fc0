import { expect, test } from "vitest";
import { z } from "zod";
import { createValidatorCompiler } from "./schemas.ts";

test.each([
  ["javascript:alert(1)", false],
  ["ftp://example.com/post", false],
  ["example.com/post", false],
  ["https://example.com/post", true],
])("an address is refused where its schema allows other protocols: %s", (url, allowed) => {
  const schema = z.object({ url: z.url({ protocol: /^https?$/ }) });
  const route = { method: "POST", url: "/", httpPart: "body" };
  const answer: unknown = createValidatorCompiler()({ ...route, schema })({ url });
  const message = "Use the whole address, beginning with https://.";
  if (allowed) expect(answer).toMatchObject({ value: { url } });
  else expect(answer).toMatchObject({ error: { problems: [{ path: "/url", message }] } });
});
