import { GalleyError } from "#kit";

/** Everything that `#workspaces` refuses; codes start with `workspaces.`. */
export class WorkspaceError extends GalleyError {}

/** For an account made by a link that proved nothing, while those did not have to. */
export function addressUnconfirmed(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.address_unconfirmed",
    kind: "forbidden",
    message:
      "The address of your account was never confirmed. Use “Forgot password?” once: the mail that you answer confirms it.",
  });
}

export function alreadyMember(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.already_member",
    kind: "conflict",
    message: "This person is a member of the workspace already.",
  });
}

export function invitationNotFound(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.invitation_not_found",
    kind: "not_found",
    message: "This invitation was used, taken back or has expired; ask for a new one.",
  });
}
