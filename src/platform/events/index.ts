export { append, appendAll } from "./append.store.ts";
export type { EventData, EventKind, InstallationActor, IsOptional } from "./declare.ts";
export { event, happened, installationEvent, installationStream } from "./declare.ts";
export { manyTries } from "./dispatch.ts";
export type { Events } from "./events.ts";
export { createEvents } from "./events.ts";
export type { StoredEvent, Subscriber } from "./subscriber.ts";
export { auditedSubscriber, subscriber } from "./subscriber.ts";
export { type AnnouncedEvent, eventsAfter, eventSpan } from "./stream.read.ts";
