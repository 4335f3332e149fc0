import { z } from "zod";
import { installationEvent } from "#platform/events";

const admin = z.object({ email: z.string() });

export const installationSetUp = installationEvent("installation.set_up", { target: "user" });
export const installationAdminAdded = installationEvent("installation.admin_added", {
  target: "user",
  data: admin,
});
export const installationAdminRemoved = installationEvent("installation.admin_removed", {
  target: "user",
  data: admin,
});
