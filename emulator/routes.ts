import type { Twist } from "./faults.ts";
import type { Answer, EmulatorRequest } from "./http.ts";

/** A request on its way to its endpoint. */
export type Call = {
  request: EmulatorRequest;
  twist: Twist;
  /** What stands in the path where the route has `:id`. */
  id: string;
};

/** Answers one kind of request out of the state of a platform; throws a `Refusal` where it does not. */
export type Endpoint<State> = (state: State, call: Call) => Answer;

/**
 * Finds the endpoint of a request by method and path: `endpoints` has them under `GET /2/tweets/:id`, where `:id` is
 * a number. Null where there is none.
 */
export function createRouter<State>(endpoints: Readonly<Record<string, Endpoint<State>>>) {
  const routes = Object.entries(endpoints).map(([route, endpoint]) => ({
    pattern: new RegExp(`^${route.replace(":id", String.raw`(\d+)`)}$`),
    endpoint,
  }));
  return (state: State, request: EmulatorRequest, twist: Twist): Answer | null => {
    for (const { pattern, endpoint } of routes) {
      const found = pattern.exec(`${request.method} ${request.path}`);
      if (found) return endpoint(state, { request, twist, id: found[1] ?? "" });
    }
    return null;
  };
}
