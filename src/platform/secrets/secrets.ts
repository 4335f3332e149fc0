import type { Clock } from "#kit";
import { systemClock } from "#kit";
import type { Database } from "#platform/db";
import { decrypt, deriveKey, encrypt, newKey } from "./cipher.ts";
import { damaged, SecretsError } from "./error.ts";
import type { WrappedKey } from "./keys.store.ts";
import { findKey, findNewestKey, insertKey, lockKeysWrappedBy, replaceWrapping } from "./keys.store.ts";
import { createWrapping } from "./wrapping.ts";

/** Where a sealed value stands. It opens there and nowhere else. */
export type SecretPlace = { workspaceId: string; table: string; column: string; row: string };

export type Secrets = {
  /** AES-256-GCM under the workspace's newest data key. Text is sealed as UTF-8. */
  seal(place: SecretPlace, plain: Uint8Array | string): Promise<Buffer>;
  /** Throws `secrets.damaged` for a value that was changed or moved, `secrets.wrong_key` under a foreign GALLEY_KEY. */
  open(place: SecretPlace, sealed: Uint8Array): Promise<Buffer>;
  openText(place: SecretPlace, sealed: Uint8Array): Promise<string>;
  /** False for what an older data key sealed: seal it again when it is next written. */
  isCurrent(place: SecretPlace, sealed: Uint8Array): Promise<boolean>;
  /** Starts a new data key; what the older ones sealed still opens. Returns its version. */
  rotate(workspaceId: string): Promise<number>;
  /** After a change of GALLEY_KEY: wraps every data key of the former key under this one. Returns how many. */
  adopt(formerKey: Uint8Array): Promise<number>;
};

type DataKey = { version: number; key: Buffer };

const format = 1;
const headerBytes = 5;
/** How long another process's rotation may stay unseen; sealing under the former key meanwhile does no harm. */
const newestForMs = 60_000;

export function createSecrets(options: { database: Database; key: Uint8Array; clock?: Clock }): Secrets {
  const { database, clock = systemClock } = options;
  const db = database.system;
  const wrapping = createWrapping(options.key);
  // Promises, so that many who need the same key at once ask for it once.
  const opened = new Map<string, Promise<DataKey>>();
  const newest = new Map<string, { dataKey: DataKey; until: number }>();

  function unwrapped(wrapped: WrappedKey): DataKey {
    return { version: wrapped.version, key: wrapping.unwrap(wrapped) };
  }

  async function newestKey(workspaceId: string): Promise<DataKey> {
    const known = newest.get(workspaceId);
    if (known && known.until > clock.now().getTime()) return known.dataKey;
    const dataKey = unwrapped(await newestOwnKey(workspaceId));
    newest.set(workspaceId, { dataKey, until: clock.now().getTime() + newestForMs });
    return dataKey;
  }

  /** Under a changed GALLEY_KEY a new data key starts: what is connected again must be sealed somehow. */
  async function newestOwnKey(workspaceId: string): Promise<WrappedKey> {
    const found = await findNewestKey(db, workspaceId);
    if (found?.wrappedBy === wrapping.id) return found;
    return startKey(workspaceId, (found?.version ?? 0) + 1);
  }

  async function startKey(workspaceId: string, version: number): Promise<WrappedKey> {
    const wrapped = wrapping.wrap(workspaceId, version, newKey());
    if (await insertKey(db, wrapped)) return wrapped;
    const theirs = await findKey(db, workspaceId, version);
    if (theirs) return theirs;
    throw noKey(version);
  }

  function keyOf(workspaceId: string, version: number): Promise<DataKey> {
    const name = `${workspaceId}/${version}`;
    const known = opened.get(name);
    if (known) return known;
    const asked = readKey(workspaceId, version);
    opened.set(name, asked);
    // A failure is not remembered: the database may be back the next time.
    asked.catch(() => opened.delete(name));
    return asked;
  }

  async function readKey(workspaceId: string, version: number): Promise<DataKey> {
    const found = await findKey(db, workspaceId, version);
    if (found) return unwrapped(found);
    throw noKey(version);
  }

  async function seal(place: SecretPlace, plain: Uint8Array | string): Promise<Buffer> {
    const { version, key } = await newestKey(place.workspaceId);
    const header = Buffer.alloc(headerBytes);
    header.writeUInt8(format, 0);
    header.writeUInt32BE(version, 1);
    const bytes = typeof plain === "string" ? Buffer.from(plain) : plain;
    return Buffer.concat([header, encrypt(purposeKey(key, place), bound(place, version), bytes)]);
  }

  async function open(place: SecretPlace, sealed: Uint8Array): Promise<Buffer> {
    const version = versionOf(sealed);
    const { key } = await keyOf(place.workspaceId, version);
    return decrypt(purposeKey(key, place), bound(place, version), sealed.subarray(headerBytes));
  }

  async function rotate(workspaceId: string): Promise<number> {
    const current = await findNewestKey(db, workspaceId);
    const started = await startKey(workspaceId, (current?.version ?? 0) + 1);
    newest.delete(workspaceId);
    return started.version;
  }

  async function adopt(formerKey: Uint8Array): Promise<number> {
    const former = createWrapping(formerKey);
    return db.transaction().execute(async (transaction) => {
      const keys = await lockKeysWrappedBy(transaction, former.id);
      for (const key of keys) {
        await replaceWrapping(transaction, wrapping.wrap(key.workspaceId, key.version, former.unwrap(key)));
      }
      return keys.length;
    });
  }

  return {
    seal,
    open,
    openText: async (place, sealed) => (await open(place, sealed)).toString("utf8"),
    isCurrent: async (place, sealed) => versionOf(sealed) === (await newestKey(place.workspaceId)).version,
    rotate,
    adopt,
  };
}

function purposeKey(dataKey: Buffer, place: SecretPlace): Buffer {
  return deriveKey(dataKey, `galley/secrets/${place.table}.${place.column}/1`);
}

/** JSON of a list is unambiguous: no two places give the same text. */
function bound(place: SecretPlace, version: number): string {
  return JSON.stringify([place.table, place.column, place.row, place.workspaceId, version]);
}

function versionOf(sealed: Uint8Array): number {
  if (sealed.length < headerBytes || sealed[0] !== format) throw damaged();
  return Buffer.from(sealed.buffer, sealed.byteOffset, headerBytes).readUInt32BE(1);
}

function noKey(version: number): SecretsError {
  return new SecretsError({
    code: "secrets.no_key",
    kind: "internal",
    message: `The data key (version ${version}) that sealed this value is missing from the database.`,
  });
}
