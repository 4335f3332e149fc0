export { type Attention, type AttentionPage, createAttention, type Need } from "./attention.ts";
export { type NeedKind, needKinds } from "./attention.read.ts";
export { attentionFeature } from "./feature.ts";
