import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import type { GraphParams } from "./params.ts";
import type { MetaState, Token } from "./state.ts";

/** A request of the Graph API by somebody who may ask, its version taken off its path. */
export type GraphCall = {
  request: EmulatorRequest;
  params: GraphParams;
  token: Token;
  /** Of the object that it is about. */
  id: string;
  /** Where the next page of this list is. */
  address: string;
  twist: Twist;
};

/** Answers one kind of call; throws a `GraphRefusal` where it does not. */
export type GraphEndpoint = (state: MetaState, call: GraphCall) => Answer | Promise<Answer>;
