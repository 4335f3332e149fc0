import { z } from "zod";
import type { Actor } from "#kit";
import { newId } from "#kit";

/** Who did it in a workspace: a member, or Galley itself (the worker, a sweep, the first set-up). */
type WorkspaceActor = Actor | { kind: "system"; workspaceId: string };

/** Who acts on the installation: a person by a session, somebody on the machine, or Galley itself. */
export type InstallationActor = { kind: "person"; userId: string } | { kind: "machine" } | { kind: "system" };

/** Where an event belongs: to one workspace, or to the installation and to no workspace. */
type Scope = "workspace" | "installation";

/** What is told of an event, as JSON. */
export type EventData = Record<string, unknown>;

/** A kind of event. What `event` and `installationEvent` return; nothing else makes one. */
export type EventKind<
  Kind extends string = string,
  Target extends string | null = string | null,
  Data extends z.ZodType<EventData> = z.ZodType<EventData>,
  Of extends Scope = Scope,
> = {
  /** `noun.verb_in_the_past`, such as `post.approved`. It is stored and told: it never changes. */
  kind: Kind;
  /** What `targetId` names; null: it is about nothing in particular. */
  target: Target;
  /** What is told besides, for people too: never a secret or a token. A later version may only add to it. */
  data: Data;
  /** Whether people find it in the audit log. */
  audited: boolean;
  scope: Of;
};

type Told<Target, Data> = { target: Target; data?: Data; audited?: boolean };

const nothing = z.object({});

/** Declares something that happens in a workspace. */
export function event<
  const Kind extends string,
  const Target extends string | null,
  Data extends z.ZodType<EventData> = typeof nothing,
>(kind: Kind, told: Told<Target, Data>): EventKind<Kind, Target, Data, "workspace"> {
  return declare(kind, "workspace", told);
}

/** Declares something that happens to the installation or to somebody's account. */
export function installationEvent<
  const Kind extends string,
  const Target extends string | null,
  Data extends z.ZodType<EventData> = typeof nothing,
>(kind: Kind, told: Told<Target, Data>): EventKind<Kind, Target, Data, "installation"> {
  return declare(kind, "installation", told);
}

function declare<
  Kind extends string,
  Target extends string | null,
  Data extends z.ZodType<EventData>,
  Of extends Scope,
>(
  kind: Kind,
  scope: Of,
  { target, data, audited = true }: Told<Target, Data>,
): EventKind<Kind, Target, Data, Of> {
  // Where it is left out, `Data` is its default, which is the type of `nothing`.
  return { kind, target, data: data ?? (nothing as unknown as Data), audited, scope };
}

type TargetOf<Kind extends EventKind> = Kind["target"] extends string
  ? { targetId: string }
  : { targetId?: undefined };

/** Whether data may be left out: none are told, or each of them may be missing. */
export type IsOptional<Data> =
  Data extends Record<string, never> ? true : Partial<Data> extends Data ? true : false;
type DataOf<Kind extends EventKind> =
  IsOptional<z.input<Kind["data"]>> extends true
    ? { data?: z.input<Kind["data"]> }
    : { data: z.input<Kind["data"]> };
type ActorOf<Kind extends EventKind> = Kind["scope"] extends "installation"
  ? InstallationActor
  : WorkspaceActor;

/** What `append` is told about one event of a kind. */
export type Happening<Kind extends EventKind> = {
  actor: ActorOf<Kind>;
  /** Default: the request that the actor acts through. */
  requestId?: string | null;
} & TargetOf<Kind> &
  DataOf<Kind>;

/** As `append_events` takes it. */
export type AppendedEvent = {
  id: string;
  workspaceId: string;
  kind: string;
  audited: boolean;
  actorKind: string;
  actorId: string | null;
  targetKind: string | null;
  targetId: string | null;
  data: EventData;
  requestId: string | null;
};

/** The stream of what belongs to no workspace: no workspace has this id. */
export const installationStream = "00000000-0000-0000-0000-000000000000";

/** Checks what happened by the schema of its kind. Throws a `ZodError` where a producer got it wrong. */
export function happened<Kind extends EventKind>(kind: Kind, told: Happening<Kind>): AppendedEvent {
  const { actor, data = {}, targetId = null, requestId } = told as Happening<EventKind>;
  return {
    id: newId(),
    workspaceId: "workspaceId" in actor ? actor.workspaceId : installationStream,
    kind: kind.kind,
    audited: kind.audited,
    actorKind: actor.kind,
    actorId: "userId" in actor ? actor.userId : null,
    targetKind: kind.target,
    targetId,
    data: kind.data.parse(data),
    requestId: requestId ?? ("requestId" in actor ? (actor.requestId ?? null) : null),
  };
}
