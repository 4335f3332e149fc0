import { AsyncLocalStorage } from "node:async_hooks";
import type { ServerResponse } from "node:http";
import type { PlatformClock } from "./clock.ts";
import type { ErrorBodies, Fault, Operation, Twist } from "./faults.ts";
import { insteadOf, parseFault, sendThrough, takeFault, twistOf } from "./faults.ts";
import type { Answer, EmulatorRequest } from "./http.ts";
import { json, jsonBody, listen, page, Refusal } from "./http.ts";
import { html, layout } from "./page.ts";
import { createPersonas, type Persona, reaching, textIn, told } from "./persona.ts";
import { rememberRequests } from "./requests.ts";
import { foldedText } from "./text-edits.ts";

/** One thing that people can see, as the journal tells it. The journals are what tests believe. */
export type Visible = {
  id: string;
  /** Of the account whose page shows it. */
  account: string;
  kind: "post" | "reply" | "comment";
  text: string;
  altTexts: string[];
  inReplyTo: string | null;
  url: string;
  /** Milliseconds since the epoch; in the future for a late commit. */
  createdAt: number;
  /** The platform's own second copy, which no request asked for. */
  ghost: boolean;
  /** A person posted it, and no application. */
  byHand?: true;
  /** What else this platform shows: a link's card, who may see it. */
  details?: Record<string, unknown>;
};

export type PlatformOptions = {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** Where people reach it; null for its own address. */
  publicUrl: string | null;
  /**
   * What an official specification has against a request; empty where nothing. A request with violations is
   * refused as a bad one, and `/control/violations` tells them.
   */
  validate?: (request: EmulatorRequest) => string[];
};

export type Platform = { url: string; publicUrl: string; close(): Promise<void> };

/** What a person posts: under a post that stands, or by itself. */
export type ByHand = Pick<Visible, "account" | "text" | "inReplyTo" | "createdAt"> & {
  /** Of the pictures of the post that it repeats, where there is none without a picture. */
  altTexts?: string[];
};

/** What makes one platform different from another. */
export type PlatformRules = {
  name: string;
  /** Which switch a request answers to; null where faults let it be. */
  operationOf(request: EmulatorRequest): Operation | null;
  answer(request: EmulatorRequest, twist: Twist): Answer | Promise<Answer>;
  /** Whose account a request is about, as the journal names it; null where it is about none. */
  accountOf(request: EmulatorRequest): string | null;
  /** A person posts, in the platform's own app. */
  post(byHand: ByHand): void;
  /** How a request for a list says how many it wants. */
  sizeName: string;
  /**
   * What becomes of the same request a second time: `code` of the refusal as a duplicate, the answer to the first one
   * (`same`), or a second copy.
   */
  repeated: { code: string } | "same" | "copy";
  /** Errors in the platform's own shape. */
  bodies: ErrorBodies & { refused(refusal: Refusal): Answer };
  /** Everything visible or soon to be, oldest first. */
  journal(): Visible[];
  /** All access tokens end now; what can renew them stays. */
  expireTokens(): void;
  /** The person withdraws the consent: nothing works any more. */
  revokeTokens(): void;
  /** Control routes that this platform alone has, under `/control/`; null for what it does not know. */
  control?(request: EmulatorRequest): Answer | null;
};

/**
 * Serves a platform on loopback: its rules behind fault switches, an optional validator and the control
 * routes that every emulator shares:
 *
 * - `GET /control/journal` `{posts}`, `GET /control/requests` `{requests}`, `GET /control/violations` `{violations}`
 * - `GET|PUT /control/faults` `{faults: [{kind, on, remaining, chance, delayMs, code}]}`
 * - `POST /control/expire-tokens`, `POST /control/revoke-tokens`
 * - `POST /control/clock` `{advanceMs}`: this platform's clock, for expiry and windows
 * - `GET|PUT /control/personas` `{personas: {[account]: {…}}}`: what single accounts are like (`Persona`)
 * - `POST /control/post` `{account, text, agoMs}`: a person posts by hand, so long ago by the account's clock
 *
 * and those that a platform adds for itself.
 */
export async function startPlatform(
  create: (parts: { clock: PlatformClock; publicUrl: () => string }) => PlatformRules,
  options: PlatformOptions,
): Promise<Platform> {
  let aheadMs = 0;
  let publicUrl = options.publicUrl ?? "";
  const accountAheadMs = new AsyncLocalStorage<number>();
  const clock: PlatformClock = {
    now: () => new Date(Date.now() + aheadMs + (accountAheadMs.getStore() ?? 0)),
  };
  const rules = create({ clock, publicUrl: () => publicUrl });
  const { bodies } = rules;
  let faults: Fault[] = [];
  const personas = createPersonas();
  const requests = rememberRequests(clock);
  const violations: { method: string; path: string; problem: string }[] = [];

  function control(request: EmulatorRequest): Answer {
    switch (`${request.method} ${request.path}`) {
      case "GET /control/journal":
        return json({ posts: rules.journal() });
      case "GET /control/requests":
        return json({ requests: requests.all() });
      case "GET /control/violations":
        return json({ violations });
      case "GET /control/faults":
        return json({ faults });
      case "PUT /control/faults": {
        const wanted = jsonBody(request)["faults"];
        if (!Array.isArray(wanted)) throw new Refusal(400, "bad_fault", '"faults" is a list.');
        faults = wanted.map(parseFault);
        return json({ faults });
      }
      case "POST /control/expire-tokens":
        rules.expireTokens();
        return json({});
      case "POST /control/revoke-tokens":
        rules.revokeTokens();
        return json({});
      case "POST /control/clock": {
        const { advanceMs } = jsonBody(request);
        if (typeof advanceMs !== "number") throw new Refusal(400, "bad_clock", '"advanceMs" is a number.');
        aheadMs += advanceMs;
        return json({ now: clock.now().toISOString() });
      }
      case "GET /control/personas":
        return json({ personas: personas.all() });
      case "PUT /control/personas":
        personas.set(jsonBody(request)["personas"]);
        return json({ personas: personas.all() });
      case "POST /control/post": {
        const { account, text, agoMs = 0 } = jsonBody(request);
        if (typeof account !== "string" || typeof text !== "string" || !Number.isInteger(agoMs)) {
          throw new Refusal(400, "bad_post", '"account" and "text" are texts, "agoMs" is an integer.');
        }
        const createdAt = clock.now().getTime() + personas.of(account).clockAheadMs - Number(agoMs);
        rules.post({ account, text, inReplyTo: null, createdAt });
        return json({});
      }
      default: {
        const own = rules.control?.(request) ?? null;
        if (own === null) throw new Refusal(404, "not_found", "There is no such control.");
        return own;
      }
    }
  }

  async function answerOf(request: EmulatorRequest, fault: Fault | null, twist: Twist): Promise<Answer> {
    const instead = insteadOf(fault, bodies);
    if (instead !== null) return instead;
    const found = options.validate?.(request) ?? [];
    for (const problem of found) violations.push({ method: request.method, path: request.path, problem });
    try {
      if (found.length > 0) throw new Refusal(400, "against_specification", found.join("; "));
      if (fault?.kind === "sent_twice") return await answerTwice(request, twist);
      return await rules.answer(request, twist);
    } catch (error) {
      if (error instanceof Refusal) return bodies.refused(error);
      throw error;
    }
  }

  async function answerTwice(request: EmulatorRequest, twist: Twist): Promise<Answer> {
    const { repeated } = rules;
    if (repeated === "copy") return rules.answer(request, { ...twist, ghost: true });
    const first = await rules.answer(request, twist);
    if (first.status >= 300) return first;
    if (repeated === "same") return rules.answer(request, twist);
    return bodies.refusal?.(repeated.code) ?? first;
  }

  /** What the account's persona does before the platform sees the request; an answer where it never does. */
  function before(request: EmulatorRequest, account: string, persona: Persona): Answer | null {
    const operation = rules.operationOf(request);
    const at = clock.now().getTime();
    if (operation === "list" && Math.random() < persona.strangers) {
      rules.post({
        account,
        text: `Something else, number ${Math.random()}`,
        inReplyTo: null,
        createdAt: at,
      });
    }
    if (operation !== "create" || !persona.refusesNearEqual || typeof rules.repeated === "string")
      return null;
    const text = foldedText(textIn(request) ?? "");
    const stands = rules
      .journal()
      .some((post) => post.account === account && !post.ghost && foldedText(post.text) === text);
    return stands && text !== "" ? (bodies.refusal?.(rules.repeated.code) ?? null) : null;
  }

  /** What happens around a new post of the account that is out. */
  function after(account: string, persona: Persona, fault: Fault | null): void {
    const posts = rules.journal().filter((post) => post.account === account && !post.ghost && !post.byHand);
    const newest = posts.at(-1);
    if (!newest) return;
    if (fault === null && newest.kind === "post") personas.answered(account, newest.createdAt);
    if (Math.random() >= persona.twins) return;
    const { text, altTexts, inReplyTo, createdAt } = newest;
    rules.post({ account, text, altTexts, inReplyTo, createdAt: createdAt + persona.twinAfterMs });
  }

  async function serve(request: EmulatorRequest, response: ServerResponse, account: string | null) {
    response.setHeader("date", clock.now().toUTCString());
    if (request.path === "/" && request.method === "GET") return page(timeline(rules));
    const persona = personas.of(account);
    const operation = rules.operationOf(request);
    const own = operation === null ? null : takeFault(persona.faults, operation);
    const taken = operation === null || own !== null ? null : takeFault(faults, operation);
    if (taken) faults = taken.left;
    const fault = own?.fault ?? taken?.fault ?? null;
    if (account === null)
      return sendThrough(fault, await answered(request, fault, twistOf(fault)), response, bodies);
    const reached = reaching(request, persona, rules.sizeName);
    const refused = before(reached, account, persona);
    const asOfMs = operation === "list" ? personas.asOf(account, persona, clock.now().getTime()) : Infinity;
    const twist = { ...twistOf(fault), asOfMs, answersAsOfMs: persona.staleAnswers ? asOfMs : Infinity };
    const answer = refused ?? (await answered(reached, fault, twist));
    if (operation === "create" && answer.status < 300) after(account, persona, fault);
    return sendThrough(fault, told(request, answer, persona), response, bodies);
  }

  async function answered(request: EmulatorRequest, fault: Fault | null, twist: Twist): Promise<Answer> {
    const answer = await answerOf(request, fault, twist);
    requests.add(request, answer.status, fault?.kind ?? null);
    return answer;
  }

  const listening = await listen(
    async (request, response) => {
      if (request.path.startsWith("/control/")) return control(request);
      const account = rules.accountOf(request);
      const { clockAheadMs } = personas.of(account);
      return accountAheadMs.run(clockAheadMs, () => serve(request, response, account));
    },
    { host: options.host, port: options.port, basePath: "" },
  );
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${listening.port}`;
  publicUrl = (options.publicUrl ?? url).replace(/\/+$/, "");
  return { url, publicUrl, close: () => listening.close() };
}

/** What is visible, newest first, for people who build a connector. */
function timeline(rules: PlatformRules): string {
  const posts = rules.journal().toReversed();
  const body = html`<h1>${rules.name}</h1>
    <p class="soft">${posts.length === 0 ? "Nothing is published yet." : `${posts.length} published`}</p>
    ${posts.map(
      (post) =>
        html`<article class="card">
          <p>${post.text}</p>
          <p class="soft">
            ${post.kind} ${post.id} by ${post.account}, ${new Date(post.createdAt).toISOString()}
          </p>
        </article>`,
    )}`;
  return layout({ title: rules.name, brand: rules.name, home: "/", nav: [], body });
}
