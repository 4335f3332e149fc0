import type { ConnectorRegistry } from "#connectors";
import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import { feature } from "#platform/features";
import type { Jobs } from "#platform/jobs";
import type { MailSender } from "#platform/mail";
import { createNotifications } from "./notifications.ts";

type Needs = {
  database: Database;
  jobs: Jobs;
  sender: MailSender | null;
  publicUrl: string;
  connectors: ConnectorRegistry;
  clock: Clock;
};

/** Mails to the people who can do something when one is needed. */
export const notificationsFeature = feature({
  name: "notifications",
  needs: ["database", "jobs", "sender", "publicUrl", "connectors", "clock"],
  make: ({ sender, connectors, ...deps }: Needs) =>
    createNotifications({ ...deps, mail: sender, connectorName: (id) => connectors.get(id)?.name ?? id }),
  worker: ({ tasks, subscribers }) => ({ tasks, subscribers }),
});
