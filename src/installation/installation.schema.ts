import { z } from "zod";
import { email } from "#contracts/identity";
import { auditPageOf, instant, pageOf } from "#platform/wire";

export const adminList = z.object({
  items: z.array(z.object({ userId: z.uuid(), name: z.string(), email: z.string(), since: instant })),
});
export const addAdminBody = z.object({ email });
export const adminParams = z.object({ userId: z.uuid() });

export const securityPage = pageOf(
  z.object({
    id: z.uuid(),
    at: instant,
    event: z
      .string()
      .describe("In the words of the OWASP Logging Vocabulary, such as `authn_login_fail` or `authz_fail`."),
    user: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
    workspaceId: z.uuid().nullable(),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    details: z.unknown(),
    times: z.int().describe("How often the same happened within that second."),
  }),
);

export const eventPage = auditPageOf(["person", "machine", "system"]);
