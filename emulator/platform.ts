import { createClock } from "./clock.ts";
import { control } from "./control.ts";
import type { EmulatorRequest } from "./http.ts";
import { listen } from "./http.ts";
import { createPersonas } from "./persona.ts";
import type { PlatformState } from "./platform-state.ts";
import { rememberRequests } from "./requests.ts";
import type { PlatformDeps, PlatformRules } from "./rules.ts";
import { serve } from "./serve.ts";

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
  create: (deps: PlatformDeps) => PlatformRules,
  options: PlatformOptions,
): Promise<Platform> {
  let publicUrl = options.publicUrl ?? "";
  const clock = createClock();
  const state: PlatformState = {
    rules: create({ now: clock.now, publicUrl: () => publicUrl }),
    clock,
    faults: [],
    personas: createPersonas(),
    requests: rememberRequests(clock.now),
    validate: options.validate ?? (() => []),
    violations: [],
  };
  const listening = await listen(
    async (request, response) =>
      request.path.startsWith("/control/") ? control(state, request) : serve(state, request, response),
    { host: options.host, port: options.port, basePath: "" },
  );
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${listening.port}`;
  publicUrl = (options.publicUrl ?? url).replace(/\/+$/, "");
  return { url, publicUrl, close: () => listening.close() };
}
