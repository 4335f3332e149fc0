import { auditedSubscriber, installationStream } from "#platform/events";
import { insertAuditEvents, insertInstallationEvents } from "./audit.store.ts";

/** Writes the audit logs: what happened in a workspace into its own, the rest into that of the installation. */
export const auditSubscriber = auditedSubscriber({
  name: "audit",
  // A log without holes.
  order: "workspace",
  begins: "start",
  async handle(db, events) {
    const workspaceId = events[0]?.workspaceId;
    if (workspaceId === undefined) return;
    const sequences = events.map(({ sequence }) => sequence);
    if (workspaceId === installationStream) await insertInstallationEvents(db, workspaceId, sequences);
    else await insertAuditEvents(db, workspaceId, sequences);
  },
});
