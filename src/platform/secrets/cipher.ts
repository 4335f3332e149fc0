import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { damaged } from "./error.ts";

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A new random key of 256 bits. */
export function newKey(): Buffer {
  return randomBytes(keyBytes);
}

/** A key for one purpose (RFC 5869): what one purpose sealed, the key of another never opens. */
export function deriveKey(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), purpose, keyBytes));
}

/** AES-256-GCM with a random nonce: nonce, tag and ciphertext in a row. `bound` must be the same to open. */
export function encrypt(key: Uint8Array, bound: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(bound));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** Throws `secrets.damaged` for anything that `encrypt` did not make with this key and `bound`. */
export function decrypt(key: Uint8Array, bound: string, sealed: Uint8Array): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw damaged();
  const nonce = sealed.subarray(0, nonceBytes);
  const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
  } catch (error) {
    throw damaged(error);
  }
}
