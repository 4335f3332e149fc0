import type { ServerResponse } from "node:http";
import type { Fault, Operation, Twist } from "./faults.ts";
import { insteadOf, sendThrough, takeFault, twistOf } from "./faults.ts";
import type { Answer, EmulatorRequest } from "./http.ts";
import { page, Refusal } from "./http.ts";
import { html, layout } from "./page.ts";
import type { Persona } from "./persona.ts";
import { reaching, textIn, told } from "./persona.ts";
import type { PlatformState } from "./platform-state.ts";
import type { PlatformRules } from "./rules.ts";
import { foldedText } from "./text-edits.ts";

/** Answers a request as the platform does, by the clock and the persona of its account, and through a fault. */
export function serve(
  state: PlatformState,
  request: EmulatorRequest,
  response: ServerResponse,
): Promise<Answer | null> {
  const account = state.rules.accountOf(request);
  const { clockAheadMs } = state.personas.of(account);
  return state.clock.aheadBy(clockAheadMs, () => serveAccount(state, { request, response, account }));
}

async function serveAccount(
  state: PlatformState,
  asked: { request: EmulatorRequest; response: ServerResponse; account: string | null },
): Promise<Answer | null> {
  const { request, response, account } = asked;
  const { rules, personas, clock } = state;
  response.setHeader("date", new Date(clock.now()).toUTCString());
  if (request.path === "/" && request.method === "GET") return page(timeline(rules));
  const persona = personas.of(account);
  const operation = rules.operationOf(request);
  const fault = operation === null ? null : faultFor(state, persona, operation);
  if (account === null) {
    const answer = await answered(state, request, { fault, twist: twistOf(fault) });
    return sendThrough(fault, answer, response, rules.bodies);
  }
  const reached = reaching(request, persona, rules.sizeName);
  const refused = before(state, reached, { account, persona });
  const asOfMs = operation === "list" ? personas.asOf(account, persona, clock.now()) : Infinity;
  const twist = { ...twistOf(fault), asOfMs, answersAsOfMs: persona.staleAnswers ? asOfMs : Infinity };
  const answer = refused ?? (await answered(state, reached, { fault, twist }));
  if (operation === "create" && answer.status < 300) after(state, { account, persona }, fault);
  return sendThrough(fault, told(request, answer, persona), response, rules.bodies);
}

/** The account's own fault, before those of all accounts. */
function faultFor(state: PlatformState, persona: Persona, operation: Operation): Fault | null {
  const own = takeFault(persona.faults, operation);
  if (own !== null) return own.fault;
  const taken = takeFault(state.faults, operation);
  if (taken) state.faults = taken.left;
  return taken?.fault ?? null;
}

/** What is injected into a request: its fault, and what handlers do differently because of that. */
type Injected = { fault: Fault | null; twist: Twist };

async function answered(state: PlatformState, request: EmulatorRequest, injected: Injected): Promise<Answer> {
  const answer = await answerOf(state, request, injected);
  state.requests.add(request, answer.status, injected.fault?.kind ?? null);
  return answer;
}

async function answerOf(state: PlatformState, request: EmulatorRequest, injected: Injected): Promise<Answer> {
  const { rules, violations } = state;
  const instead = insteadOf(injected.fault, rules.bodies);
  if (instead !== null) return instead;
  const found = state.validate(request);
  for (const problem of found) violations.push({ method: request.method, path: request.path, problem });
  try {
    if (found.length > 0) throw new Refusal(400, "against_specification", found.join("; "));
    if (injected.fault?.kind === "sent_twice") return await answerTwice(rules, request, injected.twist);
    return await rules.answer(request, injected.twist);
  } catch (error) {
    if (error instanceof Refusal) return rules.bodies.refused(error);
    throw error;
  }
}

async function answerTwice(rules: PlatformRules, request: EmulatorRequest, twist: Twist): Promise<Answer> {
  const { repeated, bodies } = rules;
  if (repeated === "copy") return rules.answer(request, { ...twist, ghost: true });
  const first = await rules.answer(request, twist);
  if (first.status >= 300) return first;
  if (repeated === "same") return rules.answer(request, twist);
  return bodies.refusal?.(repeated.code) ?? first;
}

type Whose = { account: string; persona: Persona };

/** What the account's persona does before the platform sees the request; an answer where it never does. */
function before(
  { rules, clock }: PlatformState,
  request: EmulatorRequest,
  { account, persona }: Whose,
): Answer | null {
  const operation = rules.operationOf(request);
  const at = clock.now();
  if (operation === "list" && Math.random() < persona.strangers) {
    rules.post({ account, text: `Something else, number ${Math.random()}`, inReplyTo: null, createdAt: at });
  }
  if (operation !== "create" || !persona.refusesNearEqual || typeof rules.repeated === "string") return null;
  const text = foldedText(textIn(request) ?? "");
  const stands = rules
    .journal()
    .some((post) => post.account === account && !post.ghost && foldedText(post.text) === text);
  return stands && text !== "" ? (rules.bodies.refusal?.(rules.repeated.code) ?? null) : null;
}

/** What happens around a new post of the account that is out. */
function after({ rules, personas }: PlatformState, { account, persona }: Whose, fault: Fault | null): void {
  const posts = rules.journal().filter((post) => post.account === account && !post.ghost && !post.byHand);
  const newest = posts.at(-1);
  if (!newest) return;
  if (fault === null && newest.kind === "post") personas.answered(account, newest.createdAt);
  if (Math.random() >= persona.twins) return;
  const { text, altTexts, inReplyTo, createdAt } = newest;
  rules.post({ account, text, altTexts, inReplyTo, createdAt: createdAt + persona.twinAfterMs });
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
