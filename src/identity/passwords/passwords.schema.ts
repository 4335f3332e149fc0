import { z } from "zod";
import { email } from "../address.schema.ts";

const password = z.string().min(1).max(1024);

export const changePasswordBody = z.object({ currentPassword: password, password });
export const requestResetBody = z.object({ email });
export const resetBody = z.object({ token: z.string().min(1).max(200), password });

export const deviceList = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      userAgent: z.string().nullable(),
      createdAt: z.iso.datetime({ offset: true }),
      usedAt: z.iso.datetime({ offset: true }),
    }),
  ),
});
