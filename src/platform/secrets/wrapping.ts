import { decrypt, deriveKey, encrypt } from "./cipher.ts";
import { SecretsError } from "./error.ts";
import type { WrappedKey } from "./keys.store.ts";

/** The key of the installation in its one role: to wrap the data keys of workspaces. */
export type Wrapping = {
  /** Says which key this is without giving it away. */
  id: string;
  wrap(workspaceId: string, version: number, key: Uint8Array): WrappedKey;
  /** Throws `secrets.wrong_key` for a key that another installation key wrapped. */
  unwrap(wrapped: WrappedKey): Buffer;
};

export function createWrapping(installationKey: Uint8Array): Wrapping {
  if (installationKey.length !== 32) throw new TypeError("the key of the installation has 32 bytes");
  const key = deriveKey(installationKey, "galley/secrets/wrap/1");
  const id = deriveKey(installationKey, "galley/secrets/id/1").toString("hex").slice(0, 16);

  return {
    id,
    wrap(workspaceId, version, dataKey) {
      const wrapped = encrypt(key, bound(workspaceId, version), dataKey);
      return { workspaceId, version, wrapped, wrappedBy: id };
    },
    unwrap(wrapped) {
      if (wrapped.wrappedBy !== id) {
        throw new SecretsError({
          code: "secrets.wrong_key",
          kind: "internal",
          message:
            `GALLEY_KEY is not the key under which this workspace's secrets were sealed (this one is ${id}, ` +
            `that one was ${wrapped.wrappedBy}). Put the former key back, or connect the channels again.`,
        });
      }
      return decrypt(key, bound(wrapped.workspaceId, wrapped.version), wrapped.wrapped);
    },
  };
}

function bound(workspaceId: string, version: number): string {
  return JSON.stringify(["workspace_keys", workspaceId, version]);
}
