import { z } from "zod";
import { type PlainAnswer, send } from "../requests.ts";

/** A signed-in owner who works through the API, as the command line does. */
export type Person = {
  call: <Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    json?: unknown,
  ) => Promise<z.output<Schema>>;
};

const anything = z.unknown();
const idAnswer = z.object({ id: z.string() });
const authorization = z.object({ authorizeUrl: z.url() });
const password = "seven quiet herons wade";

export class Refused extends Error {
  readonly status: number;

  constructor(answer: PlainAnswer, what: string) {
    super(`${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
    this.status = answer.status;
  }
}

/** Sets a fresh Galley up and signs its owner in; the session outlives restarts. */
export async function setUpOwner(url: string): Promise<Person> {
  const api = `${url}/api/v1`;
  const owner = { name: "Robin Page", email: "robin@example.test", password };
  const made = await send(`${api}/setup`, {
    method: "POST",
    json: { ...owner, workspaceName: "Chaos", timeZone: "UTC" },
  });
  if (made.status >= 300) throw new Refused(made, "set-up");
  const session = await send(`${api}/sessions`, {
    method: "POST",
    json: { email: owner.email, password, transport: "bearer" },
  });
  const bearer = z.string().parse(session.headers["set-auth-token"]);

  async function call<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    json?: unknown,
  ) {
    const address = path.startsWith("/") ? api + path : path;
    const headers = { authorization: `Bearer ${bearer}`, accept: "application/json" };
    const answer = await send(address, { method, headers, json });
    if (answer.status >= 400) throw new Refused(answer, `${method} ${path}`);
    return schema.parse(
      answer.status === 303 || answer.status === 302 ? answer.headers.location : answer.body,
    );
  }
  return { call };
}

/** Connects the built-in sandbox and the mail catcher; the ids of the two channels. */
export async function connectPlatforms({ call }: Person): Promise<{ sandbox: string; email: string }> {
  const order = { connector: "sandbox", interactive: false };
  const { authorizeUrl } = await call(authorization, "POST", "/channels/authorize", order);
  const callback = await call(z.url(), "GET", authorizeUrl);
  const sandbox = await call(idAnswer, "GET", callback);
  const form = { fromName: "Galley", fromAddress: "news@galley.test", recipients: "reader@galley.test" };
  const email = await call(idAnswer, "POST", "/channels", { connector: "email", form });
  return { sandbox: sandbox.id, email: email.id };
}

/** Writes a post for both channels and approves it; nothing is published yet. */
export async function approvePost(
  { call }: Person,
  channels: { sandbox: string; email: string },
  text: string,
): Promise<string> {
  function content(options: Record<string, string>) {
    return { parts: [text], link: null, media: [], firstComment: null, options };
  }
  const variants = [
    { channelId: channels.sandbox, content: content({}) },
    { channelId: channels.email, content: content({ subject: text }) },
  ];
  const { id } = await call(idAnswer, "POST", "/posts", { title: text, variants });
  await call(anything, "POST", `/posts/${id}/submit`, {});
  const { boundHash } = await call(z.object({ boundHash: z.string() }), "GET", `/posts/${id}`);
  await call(anything, "POST", `/posts/${id}/approve`, { boundHash, note: "" });
  return id;
}
