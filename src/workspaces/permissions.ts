import type { Permission, Role } from "#kit";
import { permissions } from "#kit";

const read: Permission[] = ["workspace.read", "channels.read", "posts.read", "usage.read"];

const grants: Record<Role, ReadonlySet<Permission>> = {
  owner: new Set(permissions),
  admin: new Set(permissions),
  editor: new Set([...read, "posts.write", "posts.publish"]),
  approver: new Set([...read, "posts.approve", "posts.publish"]),
  viewer: new Set(read),
};

/** True if members with this role may do it. An approval needs a person as well: see `Actor`. */
export function can(role: Role, permission: Permission): boolean {
  return grants[role].has(permission);
}

/** All that a role may do, in the order of `permissions`. */
export function permissionsOf(role: Role): Permission[] {
  return permissions.filter((permission) => can(role, permission));
}
