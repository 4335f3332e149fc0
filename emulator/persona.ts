import type { Fault } from "./faults.ts";
import { parseFault } from "./faults.ts";
import type { Answer, EmulatorRequest } from "./http.ts";
import { Refusal } from "./http.ts";
import { setSwitches } from "./switches.ts";
import { editTold, textEdits } from "./text-edits.ts";

/** What one account of a platform is like, for as long as it is so; beside the faults, which hit all accounts. */
export type Persona = {
  /** How far its clock is ahead: of its answers, and of the times of its posts. */
  clockAheadMs: number;
  /** Its pages hold no more, whatever is asked for; 0: as its platform says. */
  pageCap: number;
  /** The share of requests for a list before which a person posts something else by hand. */
  strangers: number;
  /** The share of posts that a person posts by hand as well, with the same text, `twinAfterMs` later by its time. */
  twins: number;
  twinAfterMs: number;
  /** Which of `textEdits` it makes to what it tells; empty: none. */
  edit: string;
  /** What says the same as a post that stands, quotes and dashes aside, is refused as a duplicate. */
  refusesNearEqual: boolean;
  /**
   * There are spells of `staleMs` in which its list is `empty`, or so `old` that it lacks `staleHides` posts whose
   * answers came through more than `staleAfterMs` ago, and all since; where there are so many.
   */
  stale: string;
  staleHides: number;
  staleAfterMs: number;
  staleMs: number;
  /** What stands under a post is told the same way. */
  staleAnswers: boolean;
  /** It knows nothing of `Idempotency-Key`. */
  ignoresKeys: boolean;
  /** Of this account alone. */
  faults: Fault[];
};

const ordinary: Persona = {
  clockAheadMs: 0,
  pageCap: 0,
  strangers: 0,
  twins: 0,
  twinAfterMs: 0,
  edit: "",
  refusesNearEqual: false,
  stale: "",
  staleHides: 0,
  staleAfterMs: 0,
  staleMs: 0,
  staleAnswers: false,
  ignoresKeys: false,
  faults: [],
};

/** The personas of a platform's accounts, by the name that the journal gives an account. */
export type Personas = ReturnType<typeof createPersonas>;

/** Between two spells of one account. */
const restMs = 10_000;
const spellChance = 0.3;

type Spell = { asOfMs: number; endsAt: number };

/** Personas by account, and what their spells remember. */
export function createPersonas() {
  let personas = new Map<string, Persona>();
  const answered = new Map<string, number[]>();
  const spells = new Map<string, Spell>();

  function set(wanted: unknown): void {
    if (typeof wanted !== "object" || wanted === null) {
      throw new Refusal(400, "bad_persona", '"personas" is an object: a persona by each account.');
    }
    personas = new Map(Object.entries(wanted).map(([account, persona]) => [account, personaFrom(persona)]));
  }

  /** As of when the list of an account is told: now, or from before a spell. */
  function asOf(account: string, persona: Persona, now: number): number {
    if (persona.stale === "") return Infinity;
    const spell = spells.get(account);
    if (spell && now < spell.endsAt) return spell.asOfMs;
    if (now < (spell?.endsAt ?? 0) + restMs || Math.random() >= spellChance) return Infinity;
    const old = (answered.get(account) ?? []).filter((at) => at <= now - persona.staleAfterMs);
    if (old.length < persona.staleHides) return Infinity;
    const hidden = old.slice(old.length - persona.staleHides);
    const asOfMs = persona.stale === "empty" ? 0 : Math.min(now, ...hidden) - 1;
    spells.set(account, { asOfMs, endsAt: now + persona.staleMs });
    return asOfMs;
  }

  return {
    of: (account: string | null): Persona => personas.get(account ?? "") ?? ordinary,
    set,
    all: () => Object.fromEntries(personas),
    asOf,
    /** The answer to a new post of the account went out whole. */
    answered(account: string, at: number): void {
      answered.set(account, [...(answered.get(account) ?? []), at].slice(-100));
    },
  };
}

function personaFrom(value: unknown): Persona {
  const { faults = [], ...switches } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(faults)) throw new Refusal(400, "bad_persona", '"faults" is a list.');
  const { faults: _, ...persona } = structuredClone(ordinary);
  setSwitches(persona, switches);
  if (persona.edit !== "" && !Object.hasOwn(textEdits, persona.edit)) {
    throw new Refusal(400, "bad_persona", `"edit" is one of ${Object.keys(textEdits).join(", ")}.`);
  }
  return { ...persona, faults: faults.map(parseFault) };
}

/** The request as the platform behind the persona gets it. */
export function reaching(request: EmulatorRequest, persona: Persona, sizeName: string): EmulatorRequest {
  const { query, headers } = request;
  if (persona.pageCap > 0 && Number(query.get(sizeName) ?? Infinity) > persona.pageCap) {
    query.set(sizeName, String(persona.pageCap));
  }
  if (!persona.ignoresKeys) return request;
  const { "idempotency-key": _, ...others } = headers;
  return { ...request, headers: others };
}

/** The answer as the persona lets it out: what is read is edited. */
export function told(request: EmulatorRequest, answer: Answer, { edit }: Persona): Answer {
  const change = Object.entries(textEdits).find(([name]) => name === edit)?.[1];
  const isJson = answer.headers["content-type"] === "application/json";
  if (!change || request.method !== "GET" || answer.status !== 200 || !isJson) return answer;
  const body: unknown = JSON.parse(Buffer.from(answer.body).toString("utf8"));
  return { ...answer, body: JSON.stringify(editTold(body, change)) };
}

/** The text of a new post, wherever a platform wants it in a request; null where there is none. */
export function textIn(request: EmulatorRequest): string | null {
  const fields = fieldsIn(request);
  for (const name of ["commentary", "status", "text", "message"]) {
    const value = fields[name];
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null && "text" in value) return String(value.text);
  }
  return null;
}

function fieldsIn({ headers, body }: EmulatorRequest): Record<string, unknown> {
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
  }
  if (!type.startsWith("application/json")) return {};
  try {
    return JSON.parse(body.toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}
