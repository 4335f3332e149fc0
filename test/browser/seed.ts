import type { Page } from "playwright-core";

type Body = Record<string, unknown>;
type Written = { id: string; version: number; boundHash: string };

/** A call of the API from the page itself: with its cookie, and from its own site. */
export async function call<Answer>(page: Page, method: string, path: string, body?: Body): Promise<Answer> {
  const answer = await page.evaluate(
    async ([verb, address, text]) => {
      const response = await fetch(`/api/v1${address}`, {
        method: verb ?? "GET",
        headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
        ...(text ? { body: text } : {}),
      });
      return { status: response.status, text: await response.text() };
    },
    [method, path, body ? JSON.stringify(body) : ""] as const,
  );
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return (answer.text === "" ? null : JSON.parse(answer.text)) as Answer;
}

/** An owner with a workspace, the sandbox and the mail catcher connected. Leaves the page signed in. */
export async function seedWorkspace(page: Page, url: string): Promise<{ sandbox: string; email: string }> {
  await page.goto(`${url}/setup`);
  const name = "Ada Lovelace";
  const password = "a compiler is a patient reader";
  const workspace = { workspaceName: "Northwind Press", timeZone: "Europe/Berlin" };
  await call(page, "POST", "/setup", { name, email: "ada@northwind.example", password, ...workspace });
  const authorize = { connector: "sandbox", interactive: true, returnTo: "/" };
  const { authorizeUrl } = await call<{ authorizeUrl: string }>(
    page,
    "POST",
    "/channels/authorize",
    authorize,
  );
  await page.goto(authorizeUrl);
  await page.getByLabel("Account handle").fill("northwind");
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("Northwind Press").first().waitFor();

  const { items } = await call<{
    items: { id: string; connect: { fields?: { key: string; initial: string }[] } }[];
  }>(page, "GET", "/connectors");
  const fields = items.find((connector) => connector.id === "email")?.connect.fields ?? [];
  const form = Object.fromEntries(fields.map((field) => [field.key, field.initial]));
  const mail = await call<{ id: string }>(page, "POST", "/channels", { connector: "email", form });
  const channels = await call<{ items: { id: string; connector: string }[] }>(page, "GET", "/channels");
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
    const post = await call<Written>(page, "POST", "/posts", {
      title,
      variants: variants(channels, social, mail, title),
      sources: [{ kind: "markdown", url: null, title: `${title} (notes)`, excerpt: mail.slice(0, 120) }],
    });
    ids.push(post.id);
  }
  const [changed = "", waiting = "", published = "", ...later] = ids;
  await approve(page, published);
  await call(page, "POST", `/posts/${published}/publish`, {});
  for (const [index, id] of later.entries()) {
    await approve(page, id);
    await call(page, "POST", `/posts/${id}/schedule`, {
      wall: wallIn(index * 2 + 1, 9 + index),
      zone: "Europe/Berlin",
    });
  }
  await call(page, "POST", `/posts/${waiting}/submit`, {});

  const version = await approve(page, changed);
  const [title, social, mail] = stories[0] ?? ["", "", ""];
  const edited = social
    .replace("Forty-eight", "Fifty-two")
    .replace("on Monday", "on Tuesday, signed by the printer");
  await call(page, "PUT", `/posts/${changed}`, {
    title,
    variants: variants(channels, edited, mail, title),
    baseVersion: version,
  });
  await call(page, "POST", `/posts/${changed}/schedule`, { wall: wallIn(4, 8), zone: "Europe/Berlin" });
  await call(page, "POST", `/posts/${changed}/submit`, {});
  return { review: changed, published };
}

async function approve(page: Page, id: string): Promise<number> {
  await call(page, "POST", `/posts/${id}/submit`, {});
  const { boundHash, version } = await call<Written>(page, "GET", `/posts/${id}`);
  await call(page, "POST", `/posts/${id}/approve`, { boundHash, note: "" });
  return version;
}

/** Writes a post, approves it as the person who is signed in, and lets it go out; its id. */
export async function publish(page: Page, title: string, content: Body[]): Promise<string> {
  const id = await writeApproved(page, title, content);
  await call(page, "POST", `/posts/${id}/publish`, {});
  return id;
}

/** The same for tomorrow. */
export async function plan(page: Page, title: string, content: Body[]): Promise<string> {
  const id = await writeApproved(page, title, content);
  await call(page, "POST", `/posts/${id}/schedule`, { wall: wallIn(1, 9), zone: "Europe/Berlin" });
  return id;
}

async function writeApproved(page: Page, title: string, content: Body[]): Promise<string> {
  const { id } = await call<Written>(page, "POST", "/posts", { title, variants: content });
  await approve(page, id);
  return id;
}

/** A wall time some days from now. */
function wallIn(days: number, hour: number): string {
  const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  return `${day}T${String(hour).padStart(2, "0")}:30`;
}
