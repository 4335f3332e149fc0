import type { ErrorBodies, Fault, Operation, Twist } from "./faults.ts";
import { insteadOf, parseFault, sendThrough, takeFault, twistOf } from "./faults.ts";
import type { Answer, EmulatorRequest } from "./http.ts";
import { json, jsonBody, listen, page, Refusal } from "./http.ts";
import { html, layout } from "./page.ts";
import { rememberRequests } from "./requests.ts";

export type PlatformClock = { now(): Date };

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

/** What makes one platform different from another. */
export type PlatformRules = {
  name: string;
  /** Which switch a request answers to; null where faults let it be. */
  operationOf(request: EmulatorRequest): Operation | null;
  answer(request: EmulatorRequest, twist: Twist): Answer | Promise<Answer>;
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
 *
 * and those that a platform adds for itself.
 */
export async function startPlatform(
  create: (parts: { clock: PlatformClock; publicUrl: () => string }) => PlatformRules,
  options: PlatformOptions,
): Promise<Platform> {
  let aheadMs = 0;
  let publicUrl = options.publicUrl ?? "";
  const clock: PlatformClock = { now: () => new Date(Date.now() + aheadMs) };
  const rules = create({ clock, publicUrl: () => publicUrl });
  const { bodies } = rules;
  let faults: Fault[] = [];
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
      default: {
        const own = rules.control?.(request) ?? null;
        if (own === null) throw new Refusal(404, "not_found", "There is no such control.");
        return own;
      }
    }
  }

  async function answerOf(request: EmulatorRequest, fault: Fault | null): Promise<Answer> {
    const instead = insteadOf(fault, bodies);
    if (instead !== null) return instead;
    const found = options.validate?.(request) ?? [];
    for (const problem of found) violations.push({ method: request.method, path: request.path, problem });
    try {
      if (found.length > 0) throw new Refusal(400, "against_specification", found.join("; "));
      return await rules.answer(request, twistOf(fault));
    } catch (error) {
      if (error instanceof Refusal) return bodies.refused(error);
      throw error;
    }
  }

  const listening = await listen(
    async (request, response) => {
      if (request.path.startsWith("/control/")) return control(request);
      response.setHeader("date", clock.now().toUTCString());
      if (request.path === "/" && request.method === "GET") return page(timeline(rules));
      const operation = rules.operationOf(request);
      const taken = operation === null ? null : takeFault(faults, operation);
      if (taken) faults = taken.left;
      const fault = taken?.fault ?? null;
      const answer = await answerOf(request, fault);
      requests.add(request, answer.status, fault?.kind ?? null);
      return sendThrough(fault, answer, response, bodies);
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
