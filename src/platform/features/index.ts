export { apiPartsOf, compose, workerPartOf } from "./compose.ts";
export { type AnyFeature, type ApiPart, feature } from "./feature.ts";
