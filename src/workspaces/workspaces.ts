import type { AccountMail, Client, Identity, SignedInResult } from "#identity";
import type { Installation } from "#installation";
import type { Actor, Clock, Role } from "#kit";
import { newId } from "#kit";
import type { Database } from "#platform/db";
import { append } from "#platform/events";
import type { SignedIn } from "#platform/wire";
import { listEvents } from "./audit.read.ts";
import { addressUnconfirmed, WorkspaceError } from "./errors.ts";
import {
  workspaceChanged,
  workspaceCreated,
  workspacePaused,
  workspaceResumed,
  workspaceSetUp,
} from "./events.ts";
import { createInvitations } from "./members/invitations.ts";
import { createMembers } from "./members/members.ts";
import { timeZoneProblem } from "./time-zone.ts";
import type { WorkspaceRow } from "./workspaces.store.ts";
import * as store from "./workspaces.store.ts";

/** Of a new workspace: two hours. */
const defaultGraceSeconds = 7_200;

export type Workspace = {
  id: string;
  name: string;
  /** An IANA name. */
  timeZone: string;
  /** Author and approver must be two people. */
  separateApprover: boolean;
  /** How long overdue a delivery may be before it asks instead of going out; 60 to 604800. */
  graceSeconds: number;
  /** Since when nothing is sent; null while it is. */
  pausedAt: Date | null;
};

/** Undefined: stays as it is. */
export type SettingsChange = {
  [Field in Exclude<keyof Workspace, "id" | "pausedAt">]?: Workspace[Field] | undefined;
};

export type WorkspacesOptions = {
  database: Database;
  identity: Identity;
  installation: Installation;
  clock: Clock;
  /** The address in the browser, for links in invitations. */
  publicUrl: string;
  /** Default: this Galley sends no mail, and links of invitations are handed over by hand. */
  mail?: AccountMail;
};

export type Workspaces = ReturnType<typeof createWorkspaces>;

/** Workspaces, who belongs to them, and with which role. */
export function createWorkspaces(options: WorkspacesOptions) {
  const { database, identity, installation, clock, publicUrl, mail = null } = options;
  /**
   * Makes the owner, who is also the first admin of the installation, and the first workspace, all or
   * nothing, and opens a session. Throws `identity.already_set_up` (conflict) once any user exists.
   */
  async function setUpOwner(
    order: { name: string; email: string; password: string; workspaceName: string; timeZone: string },
    client: Client,
  ): Promise<SignedInResult> {
    refuseUnknownZone(order.timeZone);
    return database.system.transaction().execute(async (tx) => {
      const session = await identity.createFirstUser(tx, order, client);
      await installation.addFirstAdmin(tx, session.userId);
      const workspaceId = newId();
      await store.insertWorkspace(tx, {
        id: workspaceId,
        name: order.workspaceName,
        timeZone: order.timeZone,
        graceSeconds: defaultGraceSeconds,
      });
      await store.insertMember(tx, { workspaceId, userId: session.userId, role: "owner" });
      await append(tx, workspaceSetUp, { actor: { kind: "system", workspaceId }, targetId: session.userId });
      return session;
    });
  }

  /** A new workspace, owned by who made it. Throws `workspaces.address_unconfirmed` (forbidden). */
  async function create(owner: SignedIn, order: { name: string; timeZone: string }): Promise<Workspace> {
    refuseUnknownZone(order.timeZone);
    const id = newId();
    return database.system.transaction().execute(async (tx) => {
      if (!(await identity.isConfirmed(tx, owner.userId))) throw addressUnconfirmed();
      await store.insertWorkspace(tx, { id, ...order, graceSeconds: defaultGraceSeconds });
      await store.insertMember(tx, { workspaceId: id, userId: owner.userId, role: "owner" });
      await append(tx, workspaceCreated, {
        actor: { kind: "person", ...owner, workspaceId: id, role: "owner" },
        targetId: id,
      });
      return workspaceOf(await store.findWorkspace(tx, id));
    });
  }

  /** The settings of a workspace. Throws `workspaces.not_found`. */
  async function settings(workspaceId: string): Promise<Workspace> {
    return workspaceOf(await store.findWorkspace(database.system, workspaceId));
  }

  /** Changes what is given and leaves the rest; answers all settings. */
  async function updateSettings(actor: Actor, change: SettingsChange): Promise<Workspace> {
    if (change.timeZone !== undefined) refuseUnknownZone(change.timeZone);
    return database.inWorkspace(actor.workspaceId, async (tx) => {
      await store.updateWorkspace(tx, actor.workspaceId, {
        name: change.name,
        time_zone: change.timeZone,
        separate_approver: change.separateApprover,
        grace_seconds: change.graceSeconds,
      });
      await append(tx, workspaceChanged, { actor, targetId: actor.workspaceId, data: change });
      return workspaceOf(await store.findWorkspace(tx, actor.workspaceId));
    });
  }

  /**
   * While a workspace is paused nothing of it is sent; what was sent is still read back, and what is due
   * longer than the grace becomes missed. Saying the same again changes nothing.
   */
  async function setPaused(actor: Actor, paused: boolean): Promise<Workspace> {
    return database.inWorkspace(actor.workspaceId, async (tx) => {
      const at = paused ? clock.now() : null;
      if (await store.setWorkspacePaused(tx, actor.workspaceId, at)) {
        await append(tx, paused ? workspacePaused : workspaceResumed, { actor, targetId: actor.workspaceId });
      }
      return workspaceOf(await store.findWorkspace(tx, actor.workspaceId));
    });
  }

  /** The workspaces of a person with the role in each, first joined first. */
  async function list(userId: string): Promise<(Workspace & { role: Role })[]> {
    const rows = await store.workspacesOf(database.system, userId);
    return rows.map((row) => ({ ...workspaceOf(row), role: row.role }));
  }

  return {
    setUpOwner,
    create,
    settings,
    updateSettings,
    setPaused,
    list,
    ...createMembers({ database }),
    ...createInvitations({ database, identity, installation, clock, publicUrl, mail }),
    /** What happened in the workspace, newest first; `before` is the id of the last event of a page. */
    events: (actor: Actor, page: { limit: number; before: string | null }) =>
      listEvents(database, actor, page),
  };
}

function workspaceOf(row: WorkspaceRow | null): Workspace {
  if (row === null) {
    throw new WorkspaceError({
      code: "workspaces.not_found",
      kind: "not_found",
      message: "There is no such workspace, or you are not a member of it.",
    });
  }
  return {
    id: row.id,
    name: row.name,
    timeZone: row.time_zone,
    separateApprover: row.separate_approver,
    graceSeconds: row.grace_seconds,
    pausedAt: row.paused_at,
  };
}

function refuseUnknownZone(timeZone: string): void {
  const problem = timeZoneProblem("/timeZone", timeZone);
  if (problem === null) return;
  throw new WorkspaceError({
    code: problem.code,
    kind: "unprocessable",
    message: problem.message,
    problems: [problem],
  });
}
