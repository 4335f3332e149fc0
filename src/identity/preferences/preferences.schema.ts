import { z } from "zod";
import { languages } from "#kit";

export const preferences = z.object({
  language: z
    .enum(languages)
    .nullable()
    .describe("What Galley speaks to you, on every device and in mails. Null: as your browser says."),
});
