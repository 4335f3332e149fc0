export { attentionContract } from "./attention.contract.ts";
