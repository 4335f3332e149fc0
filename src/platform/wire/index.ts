export {
  type Access,
  actorOf,
  type App,
  type Reply,
  type Request,
  type SignedIn,
  signedInOf,
} from "./app.ts";
export { type Contract, contract, type Route, serve } from "./contract.ts";
export { decodeIdCursor, decodeNameIdCursor, decodeTimeIdCursor, encodeCursor } from "./cursor.ts";
export { auditPageOf, idParams, instant, pageOf, pageQuery } from "./schemas.ts";
