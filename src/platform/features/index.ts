export { apiPartsOf, type Composed, compose, type MadeBy, sortByNeeds, workerPartOf } from "./compose.ts";
export { type AnyFeature, type ApiPart, feature, type Feature, type WorkerPart } from "./feature.ts";
