import { expect } from "vitest";
import type { TestPerson } from "../support/app.ts";
import { testWithApp } from "../support/fixtures/app.ts";

const test = testWithApp({
  serves: ["sites", "channels"],
  services: { publicUrl: "https://galley.test" },
});

const form = { title: "Second", slug: "second", description: "of the form" };
const made = { title: "First", description: "of the settings", language: "de", public: false };

const connect = (person: TestPerson, fields: Record<string, string>) =>
  person.call("connectChannel", { body: { connector: "site", form: fields } });
const siteOf = async (person: TestPerson) => (await person.call("getSite")).body;

async function fieldsOf(person: TestPerson) {
  const { body } = await person.call("listConnectors");
  const way = body.items.find(({ id }) => id === "site")?.connect;
  const fields = way?.kind === "form" ? way.fields : [];
  return fields.map(({ key, initial, fixed }) => [key, initial, fixed]);
}

test("a site made in the settings is taken over by its channel, whatever the form says", async ({ app }) => {
  const person = await app.owner();
  const slug = `a-${person.workspaceId.slice(-12)}`;
  expect(await fieldsOf(person)).toEqual([
    ["title", "", false],
    ["slug", "", false],
    ["description", "", false],
  ]);
  await person.call("changeSite", { body: { ...made, slug } });
  expect(await fieldsOf(person)).toEqual([
    ["title", "First", true],
    ["slug", slug, true],
    ["description", "of the settings", true],
  ]);
  const { status, body } = await connect(person, form);
  expect([status, body.handle, body.displayName]).toEqual([201, `/site/${slug}`, "First"]);
  expect(await siteOf(person)).toMatchObject({ ...made, slug });
  // Not even the form is needed.
  const again = await connect(person, {});
  expect([again.status, again.body.id]).toEqual([201, body.id]);
  expect(await siteOf(person)).toMatchObject({ ...made, slug });
});

test("a site made by its channel is the one of the settings, and connecting again keeps what they changed", async ({
  app,
}) => {
  const person = await app.owner();
  const slug = `b-${person.workspaceId.slice(-12)}`;
  expect((await connect(person, {})).status).toBe(400);
  const { body } = await connect(person, { ...form, slug });
  expect(await siteOf(person)).toMatchObject({ title: "Second", slug, public: true });
  await person.call("changeSite", { body: { ...made, slug: `${slug}-new` } });
  const again = await connect(person, { ...form, slug });
  expect([again.body.id, again.body.handle]).toEqual([body.id, `/site/${slug}-new`]);
  expect(await siteOf(person)).toMatchObject({ ...made, slug: `${slug}-new` });
});

test("two that connect at once make one site", async ({ app }) => {
  const person = await app.owner();
  const slugs = ["one", "two"].map((name) => `${name}-${person.workspaceId.slice(-12)}`);
  const answers = await Promise.all(slugs.map((slug) => connect(person, { ...form, slug })));
  for (const { status } of answers) expect([201, 409]).toContain(status);
  const { slug } = (await siteOf(person)) as { slug: string };
  expect(slugs).toContain(slug);
});
