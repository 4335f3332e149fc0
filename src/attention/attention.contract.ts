import { contract } from "#platform/wire";
import * as schema from "./attention.schema.ts";

export const attentionContract = contract({
  listAttention: {
    method: "GET",
    path: "/attention",
    access: "posts.read",
    summary: "What waits for you: questions, channels, what has stopped, and what is to be approved",
    tags: ["Attention"],
    query: schema.attentionQuery,
    answers: { 200: schema.attentionPage },
  },
});
