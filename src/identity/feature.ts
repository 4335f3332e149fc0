import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import { feature } from "#platform/features";
import type { Jobs } from "#platform/jobs";
import type { MailSender } from "#platform/mail";
import { createAccounts } from "./accounts.ts";
import { createIdentity } from "./identity.ts";

/** What is done about accounts from outside of them. */
export const accountsFeature = feature({ name: "accounts", needs: ["database"], make: createAccounts });

type Needs = {
  database: Database;
  key: Buffer;
  publicUrl: string;
  clock: Clock;
  sender: MailSender | null;
  jobs: Jobs;
};

/** People, their credentials and their sessions. */
export const identityFeature = feature({
  name: "identity",
  needs: ["database", "key", "publicUrl", "clock", "sender", "jobs"],
  make: ({ key, sender, jobs, ...deps }: Needs) =>
    createIdentity({ ...deps, key: key.toString("base64"), mail: sender && { sender, jobs } }),
  worker: ({ tasks, sweeps }) => ({ tasks, sweeps }),
  api: async () => (await import("./routes.ts")).identityApi,
});
