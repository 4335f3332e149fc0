import { z } from "zod";
import { contract, instant } from "#platform/wire";
import { summarySchema } from "./usage.schema.ts";

export const usageContract = contract({
  getUsage: {
    method: "GET",
    path: "/usage",
    access: "usage.read",
    summary: "What the models were used for and what it cost",
    tags: ["usage"],
    query: z.object({
      from: instant.optional().describe("Default: 30 days before `to`"),
      to: instant.optional().describe("Exclusive. Default: now"),
    }),
    answers: { 200: summarySchema },
  },
});
