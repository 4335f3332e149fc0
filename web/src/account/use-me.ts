import { useSuspenseQuery } from "@tanstack/react-query";
import type { Me, Permission } from "../api/types.ts";
import { meQuery } from "./queries.ts";

/** The signed-in person and workspace; the shell has loaded it before any screen shows. */
export function useMe(): Me {
  const { workspace, role, ...me } = useSuspenseQuery(meQuery).data;
  if (!workspace || !role) throw new Error("The shell lets nobody in without a workspace.");
  return { ...me, workspace, role };
}

export function useCan(permission: Permission): boolean {
  return useMe().permissions.includes(permission);
}
