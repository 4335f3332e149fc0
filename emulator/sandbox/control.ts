import { parseFault } from "../faults.ts";
import type { Answer } from "../http.ts";
import { formBody, json, jsonBody, redirect, Refusal } from "../http.ts";
import type { Call } from "../routes.ts";
import type { SandboxState } from "./state.ts";

// What people and tests switch, and what they are told: the routes below `/control/`, and the form of the page of faults.

/** `GET /control/journal` */
export function journal(state: SandboxState): Answer {
  const posts = state.timeline.map((post) => ({
    ...post,
    media: post.media.map((id) => ({ id, altText: state.media.get(id)?.altText ?? "" })),
  }));
  return json({ posts });
}

/** `GET /control/requests` */
export function requests(state: SandboxState): Answer {
  return json({ requests: state.requests.all() });
}

/** `GET /control/faults` */
export function faults(state: SandboxState): Answer {
  return json({ faults: state.faults });
}

/** `PUT /control/faults` */
export function setFaults(state: SandboxState, { request }: Call): Answer {
  const wanted = jsonBody(request)["faults"];
  if (!Array.isArray(wanted)) throw new Refusal(400, "bad_fault", '"faults" is a list.');
  state.record({ type: "faults", faults: wanted.map(parseFault) });
  return faults(state);
}

/** `POST /control/expire-tokens` */
export function expireTokens(state: SandboxState): Answer {
  state.record({ type: "expired", at: state.now() });
  return json({});
}

/** `POST /control/revoke-tokens` */
export function revokeTokens(state: SandboxState): Answer {
  state.record({ type: "revoked", family: null });
  return json({});
}

/** `POST /faults`: what a person chose on the page. */
export function changeFaults(state: SandboxState, { request }: Call): Answer {
  const form = formBody(request);
  const action = form.get("action");
  if (action === "add") {
    const remaining = form.get("remaining") ?? "1";
    const fault = parseFault({
      kind: form.get("kind"),
      on: form.get("on"),
      remaining: remaining === "" ? null : Number(remaining),
      delayMs: Number(form.get("delaySeconds") ?? "0") * 1000,
    });
    state.record({ type: "faults", faults: [...state.faults, fault] });
  }
  if (action === "clear") state.record({ type: "faults", faults: [] });
  if (action === "expire") expireTokens(state);
  if (action === "revoke") revokeTokens(state);
  return redirect(`${state.basePath}/faults`);
}
