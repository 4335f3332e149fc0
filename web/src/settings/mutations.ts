import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Body, InstallationAdmin, Member, Role, Workspace } from "../api/types.ts";
import { accessText, installationText, roleText, settingsText } from "./messages.ts";

function tell(error: Error): void {
  toast.error(messageOf(error));
}

export function useSaveWorkspace() {
  return useMutation({
    mutationFn: ({ name, timeZone, separateApprover, graceSeconds }: Workspace) =>
      call("updateWorkspace", { body: { name, timeZone, separateApprover, graceSeconds } }),
    onSuccess: () => toast.success(settingsText.saved),
    onSettled: useRefresh("workspace"),
  });
}

/** Stops everything of this workspace from being sent, at once, or lets it go on. */
export function usePause() {
  return useMutation({
    mutationFn: (paused: boolean) => call(paused ? "pauseWorkspace" : "resumeWorkspace"),
    onSuccess: ({ pausedAt }) => toast.success(pausedAt ? settingsText.paused : settingsText.resumed),
    onError: tell,
    onSettled: useRefresh("workspace"),
  });
}

export function useChangeRole({ userId, name }: Member) {
  return useMutation({
    mutationFn: (role: Role) => call("changeRole", { params: { userId }, body: { role } }),
    onSuccess: (_answer, role) => toast.success(settingsText.roleChanged(name, roleText[role].name)),
    onError: tell,
    onSettled: useRefresh("member"),
  });
}

export function useRemoveMember({ userId, name }: Member) {
  return useMutation({
    mutationFn: () => call("removeMember", { params: { userId } }),
    onSuccess: () => toast.success(settingsText.removed(name)),
    onError: tell,
    onSettled: useRefresh("member"),
  });
}

export function useInvite() {
  return useMutation({
    mutationFn: (body: Body<"invite">) => call("invite", { body }),
    onSettled: useRefresh("invitation"),
  });
}

export function useRevokeInvitation() {
  return useMutation({
    mutationFn: (id: string) => call("revokeInvitation", { params: { id } }),
    onSuccess: () => toast.success(settingsText.revoked),
    onError: tell,
    onSettled: useRefresh("invitation"),
  });
}

/** Another password, by who knows the present one; it ends the other sessions. */
export function useChangePassword() {
  return useMutation({
    mutationFn: (body: Body<"changePassword">) => call("changePassword", { body }),
    onSuccess: () => toast.success(accessText.passwordChanged),
    onSettled: useRefresh("session", "device"),
  });
}

export function useEndSession() {
  return useMutation({
    mutationFn: (id: string) => call("endSession", { params: { id } }),
    onSuccess: () => toast.success(settingsText.ended),
    onError: tell,
    onSettled: useRefresh("session"),
  });
}

export function useForgetDevice() {
  return useMutation({
    mutationFn: (id: string) => call("forgetDevice", { params: { id } }),
    onSuccess: () => toast.success(accessText.forgotten),
    onError: tell,
    onSettled: useRefresh("device"),
  });
}

export function useAddAdmin() {
  return useMutation({
    mutationFn: (email: string) => call("addInstallationAdmin", { body: { email } }),
    onSuccess: (_answer, email) => toast.success(installationText.added(email)),
    onSettled: useRefresh("installation"),
  });
}

/** Who removes themselves may not read the list any more. */
export function useRemoveAdmin({ userId, name }: InstallationAdmin, isOwn: boolean) {
  return useMutation({
    mutationFn: () => call("removeInstallationAdmin", { params: { userId } }),
    onSuccess: () => toast.success(installationText.removed(name)),
    onError: tell,
    onSettled: useRefresh(isOwn ? "access" : "installation"),
  });
}

/** The link by which an invited person joins, where no mail proves whose address it is. */
export function useVouch() {
  return useMutation({
    mutationFn: async ({ id, email }: { id: string; email: string }) => ({
      ...(await call("vouchForInvitation", { params: { id } })),
      email,
    }),
    onError: tell,
    onSettled: useRefresh("installation"),
  });
}
