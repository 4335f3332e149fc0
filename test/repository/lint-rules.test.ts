import { parseSync, Visitor } from "vite";
import { expect, test } from "vitest";
import config from "../../oxlint.config.ts";
import plugin from "../../scripts/lint-rules.ts";

/** How many places of a piece of code a rule of ours reports. */
function reports(rule: keyof typeof plugin.rules, code: string): number {
  let count = 0;
  const visitor = plugin.rules[rule].create({ report: () => (count += 1) });
  new Visitor(visitor).visit(parseSync("piece.tsx", code).program);
  return count;
}

test.each([
  "text.includes(link)",
  "text.includes(post.url)",
  "body?.indexOf(`](${variant.link})`)",
  "text.replaceAll(url, () => short)",
  "text.startsWith(link ?? other)",
  "text.includes(link.trim())",
  "text.split(address)",
  "seen.has(entry.link)",
  "[entry.id, entry.link].includes(item)",
  "url.includes('example.org')",
  "url.startsWith('https://example.org')",
  "link.startsWith(prefix)",
  "new RegExp(link).test(text)",
  "new Set(links)",
  "one.link === other.link",
  "link !== given",
  "url.replace(/\\/$/, '') === link.replace(/\\/$/, '')",
  "<p>{text.includes(link) ? null : link}</p>",
])("an address that is compared as text is found: %s", (code) => {
  expect(reports("addresses-are-parsed", code)).toBe(1);
});

test.each([
  "mentionsAddress(text, link)",
  "sameAddress(one.link, other.link)",
  "link === null || link !== undefined",
  "kind === 'link'",
  "url.startsWith('https:') || url.startsWith('/api/')",
  "new URL(one).origin === new URL(other).origin",
  "allowed.has(url.origin)",
  "text.includes(word)",
  "openLinks.includes(true)",
  "hasLink === isLink",
  "url.replace(/^https:/, '')",
])("what compares no spelling is left alone: %s", (code) => {
  expect(reports("addresses-are-parsed", code)).toBe(0);
});

test.each([
  "io.stdout.write(words)",
  "context.io.stderr.write(words)",
  "stdout.end(words)",
  "console.log(words)",
])("words that reach a terminal as they are are found: %s", (code) =>
  expect(reports("words-are-said", code)).toBe(1),
);

test.each(["say(io.stdout, words)", "file.write(words)", "context.print(post, () => words)"])(
  "what is said through the one door is left alone: %s",
  (code) => expect(reports("words-are-said", code)).toBe(0),
);

test.each([
  'useQuery({ queryKey: ["posts", id], queryFn })',
  'client.invalidateQueries({ queryKey: ["posts"] })',
  'client.removeQueries({ queryKey: ["me"] as const })',
  'client.setQueryData(["posts", id], post)',
  'client.getQueryData(["me"])',
])("a key of a query that stands where it is used is found: %s", (code) =>
  expect(reports("keys-are-named", code)).toBe(1),
);

test.each([
  "useQuery({ queryKey: keys.posts.one(id), queryFn })",
  "client.invalidateQueries({ queryKey })",
  "client.setQueryData(postQuery(id).queryKey, post)",
  'key("posts", "one")',
])("a key that comes from where all of them are is left alone: %s", (code) =>
  expect(reports("keys-are-named", code)).toBe(0),
);

test.each([
  'fetch("/api/v1/posts")',
  "fetch(`${server.url}/api/v1/posts`, { method: 'POST' })",
  'app.inject({ method: "GET", url: "/api/v1/me" })',
  "app.inject(`/api/v1/posts/${id}`)",
  'person.call("GET", "/posts")',
  'call(page, "POST", `/posts/${id}/submit`)',
  'person.raw("DELETE", path)',
  'new URL("/api/v1/sessions", server)',
  'const asked = { path: "/api/v1/posts" }',
])("a path of the API that is called is found: %s", (code) =>
  expect(reports("operations-are-called", code)).toBe(1),
);

test.each([
  'person.call("getPost", { params: { id } })',
  'app.inject(requestOf("whoAmI"))',
  'expect(route).toBe("/api/v1/posts")',
  'fetch("https://example.social/api/v1/statuses")',
  'const link = { to: "/posts/$postId" }',
  'person.callPath("GET", "/nowhere")',
])("what calls no path of the API is left alone: %s", (code) =>
  expect(reports("operations-are-called", code)).toBe(0),
);

test.each([
  "<p>Try again</p>",
  "<p>{isOpen ? 'Close' : closed}</p>",
  "<>{count} posts</>",
  "<p>{`${count} of ${all}`}</p>",
  "<p>{name || 'nobody'}</p>",
  "<button aria-label='Close' />",
  "<Field label={wide ? 'Time zone' : zone} />",
  "toast.success('It is on its way')",
  "const lead = `Hello ${name}, this is new`",
  "throw new ApiError({ message: 'The upload was cut off.' })",
])("words that nobody translates are found: %s", (code) => expect(reports("words-are-texts", code)).toBe(1));

test.each([
  "<p>{homeText.title}</p>",
  "<p>{t`Try again`}</p>",
  "<p> · {count} – {all}</p>",
  "<p>Galley</p>",
  "<p className='text-sm font-medium'>{t({ message: 'Open the door', context: 'verb' })}</p>",
  "<input placeholder='https://example.com' type='text' />",
  "plural({ count }, { one: 'One of these may be it', other: '# of these' })",
  "throw new Error('The shell lets nobody in.')",
  "const isCard = option === 'A card'",
  "const key = 'in_review'",
])("what is translated, or no words, is left alone: %s", (code) =>
  expect(reports("words-are-texts", code)).toBe(0),
);

test("the linter has the rules", () => {
  const set = config.overrides.flatMap(({ rules }) => Object.entries(rules));
  for (const rule of Object.keys(plugin.rules)) expect(set).toContainEqual([`galley/${rule}`, "error"]);
});
