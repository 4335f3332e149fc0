import { z } from "zod";
import { email } from "../address.schema.ts";

export const signInBody = z.object({
  email,
  password: z.string().min(1).max(1024),
  transport: z
    .enum(["cookie", "bearer"])
    .default("cookie")
    .describe("`bearer` answers with the header Set-Auth-Token instead of a cookie; for programs."),
});

/** Never holds the session's token: that travels in `Set-Cookie` or `Set-Auth-Token` alone. */
export const sessionOpened = z.object({ userId: z.uuid(), expiresAt: z.iso.datetime({ offset: true }) });

export const sessionList = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      address: z.string().nullable(),
      userAgent: z.string().nullable(),
      createdAt: z.iso.datetime({ offset: true }),
      expiresAt: z.iso.datetime({ offset: true }),
      current: z.boolean().describe("The session of this request."),
    }),
  ),
});
