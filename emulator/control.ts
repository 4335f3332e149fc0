import { parseFault } from "./faults.ts";
import type { Answer, EmulatorRequest } from "./http.ts";
import { json, jsonBody, Refusal } from "./http.ts";
import type { PlatformState } from "./platform-state.ts";

type Control = (state: PlatformState, request: EmulatorRequest) => Answer;

/** The control routes that every platform shares. */
const controls: Readonly<Record<string, Control>> = {
  "GET /control/journal": ({ rules }) => json({ posts: rules.journal() }),
  "GET /control/requests": ({ requests }) => json({ requests: requests.all() }),
  "GET /control/violations": ({ violations }) => json({ violations }),
  "GET /control/faults": ({ faults }) => json({ faults }),
  "PUT /control/faults": setFaults,
  "POST /control/expire-tokens": ({ rules }) => {
    rules.expireTokens();
    return json({});
  },
  "POST /control/revoke-tokens": ({ rules }) => {
    rules.revokeTokens();
    return json({});
  },
  "POST /control/clock": advanceClock,
  "GET /control/personas": ({ personas }) => json({ personas: personas.all() }),
  "PUT /control/personas": ({ personas }, request) => {
    personas.set(jsonBody(request)["personas"]);
    return json({ personas: personas.all() });
  },
  "POST /control/post": postByHand,
};

/** Answers a request under `/control/`: by the routes above, or by those of the platform alone. */
export function control(state: PlatformState, request: EmulatorRequest): Answer {
  const shared = controls[`${request.method} ${request.path}`];
  const answer = shared ? shared(state, request) : (state.rules.control?.(request) ?? null);
  if (answer === null) throw new Refusal(404, "not_found", "There is no such control.");
  return answer;
}

function setFaults(state: PlatformState, request: EmulatorRequest): Answer {
  const wanted = jsonBody(request)["faults"];
  if (!Array.isArray(wanted)) throw new Refusal(400, "bad_fault", '"faults" is a list.');
  state.faults = wanted.map(parseFault);
  return json({ faults: state.faults });
}

function advanceClock({ clock }: PlatformState, request: EmulatorRequest): Answer {
  const { advanceMs } = jsonBody(request);
  if (typeof advanceMs !== "number") throw new Refusal(400, "bad_clock", '"advanceMs" is a number.');
  clock.advance(advanceMs);
  return json({ now: new Date(clock.now()).toISOString() });
}

function postByHand({ rules, clock, personas }: PlatformState, request: EmulatorRequest): Answer {
  const { account, text, agoMs = 0 } = jsonBody(request);
  if (typeof account !== "string" || typeof text !== "string" || !Number.isInteger(agoMs)) {
    throw new Refusal(400, "bad_post", '"account" and "text" are texts, "agoMs" is an integer.');
  }
  const createdAt = clock.now() + personas.of(account).clockAheadMs - Number(agoMs);
  rules.post({ account, text, inReplyTo: null, createdAt });
  return json({});
}
