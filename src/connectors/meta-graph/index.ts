export { request, send } from "./api.ts";
export { graphErrorOf, graphFailure } from "./failure.ts";
export type { Asked } from "./failure.ts";
export { inspectMeta } from "./inspect.ts";
export { readList } from "./listing.ts";
export { metaLogin } from "./login.ts";
export { sameText } from "./same-text.ts";
export type { MetaPlatform } from "./settings.ts";
export { apiVersionOf, metaTarget, readCredentials, readSettings } from "./settings.ts";
