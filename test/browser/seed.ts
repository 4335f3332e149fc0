import type { Page } from "playwright-core";
import { addressOf, type AddressParts, type Answer, type Operation } from "#contract";
import type { Sent } from "../support/calls.ts";

/** A call of the API from the page itself: with its cookie, and from its own site. */
export async function call<Id extends Operation>(
  page: Page,
  operation: Id,
  ...[given]: Sent<Id>
): Promise<Answer<Id>> {
  const { params, query, body } = (given ?? {}) as AddressParts & { body?: unknown };
  const { method, path } = addressOf(operation, { params, query });
  const answer = await page.evaluate(
    async ([verb, address, text]) => {
      const response = await fetch(address, {
        method: verb,
        headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
        ...(text ? { body: text } : {}),
      });
      return { status: response.status, text: await response.text() };
    },
    [method, path, body ? JSON.stringify(body) : ""] as const,
  );
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return (answer.text === "" ? null : JSON.parse(answer.text)) as Answer<Id>;
}

/** An owner with a workspace, the sandbox and the mail catcher connected. Leaves the page signed in. */
export async function seedWorkspace(page: Page, url: string): Promise<{ sandbox: string; email: string }> {
  await page.goto(`${url}/setup`);
  const name = "Ada Lovelace";
  const password = "a compiler is a patient reader";
  const workspace = { workspaceName: "Northwind Press", timeZone: "Europe/Berlin" };
  await call(page, "setUp", { body: { name, email: "ada@northwind.example", password, ...workspace } });
  const authorize = { connector: "sandbox", interactive: true, returnTo: "/" };
  const { authorizeUrl } = await call(page, "authorizeChannel", { body: authorize });
  await page.goto(authorizeUrl);
  await page.getByLabel("Account handle").fill("northwind");
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("Northwind Press").first().waitFor();

  const { items } = await call(page, "listConnectors");
  const way = items.find((connector) => connector.id === "email")?.connect;
  const fields = way?.kind === "form" ? way.fields : [];
  const form = Object.fromEntries(fields.map((field) => [field.key, field.initial]));
  const mail = await call(page, "connectChannel", { body: { connector: "email", form } });
  const channels = await call(page, "listChannels");
  return { sandbox: channels.items.find((one) => one.connector === "sandbox")?.id ?? "", email: mail.id };
}

const stories: [title: string, social: string, mail: string][] = [
  [
    "The winter catalogue is printed",
    "Forty-eight pages, two colours, bound by hand: the winter catalogue is off the press. Copies go out on Monday. #letterpress",
    "The winter catalogue is **off the press**: forty-eight pages, two colours, bound by hand.\n\nCopies go out on Monday.",
  ],
  [
    "Courses begin on 3 December",
    "Setting a paragraph by hand takes an hour, and nobody has complained yet. Our courses begin on 3 December: eight places, paper included.",
    "Our courses begin on **3 December**.\n\n- Eight places each\n- Paper and ink included\n- No experience needed",
  ],
  [
    "A press from 1911, running again",
    "Built in 1911, silent since 1974, printing again since Tuesday. Come and hear it.",
    "Built in 1911, silent since 1974, printing again since Tuesday.",
  ],
  [
    "Why we still proofread on paper",
    "Errors hide on screens. On a galley proof they have nowhere to go: a short note on why every page here is read twice, on paper.",
    "Errors hide on screens. On a galley proof they have nowhere to go.",
  ],
  [
    "Meet Ines, our new typesetter",
    "Ines joins us from Lisbon, with eleven years at the case and strong opinions on hyphens. Welcome!",
    "Ines joins us from Lisbon, with eleven years at the case and strong opinions on hyphens.",
  ],
  [
    "Open workshop on Saturday",
    "Ink, soup and the old presses running: the workshop is open on Saturday from ten to four.",
    "Ink, soup and the old presses running: the workshop is open on **Saturday from ten to four**.",
  ],
];

function variants(
  channels: { sandbox: string; email: string },
  social: string,
  mail: string,
  subject: string,
) {
  return [
    { channelId: channels.sandbox, content: { parts: [social], link: "https://northwind.example/news" } },
    { channelId: channels.email, content: { parts: [mail], options: { subject } } },
  ];
}

/** A desk in daily use: drafts, approvals (one with changes since the last), a filled calendar, something published. */
export async function seedPosts(
  page: Page,
  channels: { sandbox: string; email: string },
): Promise<{ review: string; published: string }> {
  const ids: string[] = [];
  for (const [title, social, mail] of stories) {
    const post = await call(page, "createPost", {
      body: {
        title,
        variants: variants(channels, social, mail, title),
        sources: [{ kind: "markdown", url: null, title: `${title} (notes)`, excerpt: mail.slice(0, 120) }],
      },
    });
    ids.push(post.id);
  }
  const [changed = "", waiting = "", published = "", ...later] = ids;
  await approve(page, published);
  await call(page, "publishPost", { params: { id: published }, body: {} });
  for (const [index, id] of later.entries()) {
    await approve(page, id);
    await call(page, "schedulePost", {
      params: { id },
      body: {
        wall: wallIn(index * 2 + 1, 9 + index),
        zone: "Europe/Berlin",
      },
    });
  }
  await call(page, "submitPost", { params: { id: waiting }, body: {} });

  const version = await approve(page, changed);
  const [title, social, mail] = stories[0] ?? ["", "", ""];
  const edited = social
    .replace("Forty-eight", "Fifty-two")
    .replace("on Monday", "on Tuesday, signed by the printer");
  await call(page, "editPost", {
    params: { id: changed },
    body: {
      title,
      variants: variants(channels, edited, mail, title),
      baseVersion: version,
    },
  });
  await call(page, "schedulePost", {
    params: { id: changed },
    body: { wall: wallIn(4, 8), zone: "Europe/Berlin" },
  });
  await call(page, "submitPost", { params: { id: changed }, body: {} });
  return { review: changed, published };
}

async function approve(page: Page, id: string): Promise<number> {
  await call(page, "submitPost", { params: { id }, body: {} });
  const { boundHash, version } = await call(page, "getPost", { params: { id } });
  await call(page, "approvePost", { params: { id }, body: { boundHash, note: "" } });
  return version;
}

/** Writes a post, approves it as the person who is signed in, and lets it go out; its id. */
export async function publish(page: Page, title: string, content: object[]): Promise<string> {
  const id = await writeApproved(page, title, content);
  await call(page, "publishPost", { params: { id }, body: {} });
  return id;
}

/** The same for tomorrow. */
export async function plan(page: Page, title: string, content: object[]): Promise<string> {
  const id = await writeApproved(page, title, content);
  await call(page, "schedulePost", { params: { id }, body: { wall: wallIn(1, 9), zone: "Europe/Berlin" } });
  return id;
}

async function writeApproved(page: Page, title: string, content: object[]): Promise<string> {
  const { id } = await call(page, "createPost", { body: { title, variants: content } });
  await approve(page, id);
  return id;
}

/** A wall time some days from now. */
function wallIn(days: number, hour: number): string {
  const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  return `${day}T${String(hour).padStart(2, "0")}:30`;
}
