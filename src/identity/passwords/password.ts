import type { Problem } from "#kit";
import { wellFormedProblem, trimEndOf } from "#kit";
import { IdentityError } from "../errors.ts";
import { commonPasswords, commonWords } from "./common-passwords.ts";

/** NIST SP 800-63B-4 section 3.1.1.2: at least 15 characters where the password is the only factor. */
const minimumLength = 15;
/** The same section asks for at least 64; the cap keeps hashing cheap. */
const maximumLength = 256;
/** What must be left of a password once the words that an attacker tries first are taken out. */
const minimumOwnLength = 8;

// OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane. argon2id is the default.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Loaded with the first password: a worker never sees one. */
function argon2() {
  return import("@node-rs/argon2");
}

/** Unicode NFC, so that the same password typed on two keyboards is the same bytes. */
function normalize(password: string): string {
  return password.normalize("NFC");
}

/** An argon2id hash in PHC string form. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await argon2();
  return hash(normalize(password), cost);
}

/** True if `password` is the one that `stored` was made from. */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  const { verify } = await argon2();
  return verify(stored, normalize(password));
}

/**
 * What is wrong with a new password, or null. Length and a blocklist, no composition rules
 * (NIST SP 800-63B-4 section 3.1.1.2). `about` holds the name and email that it must not lean on.
 */
export function passwordProblem(password: string, about: { name: string; email: string }): Problem | null {
  const malformed = wellFormedProblem("/password", password);
  if (malformed) return malformed;
  // Code points, as the standard counts.
  const { length } = Array.from(normalize(password));
  if (length < minimumLength) {
    return problem(
      "too_short",
      `Use at least ${minimumLength} characters; a few unrelated words are easy to remember.`,
    );
  }
  if (length > maximumLength) return problem("too_long", `Use at most ${maximumLength} characters.`);
  const plain = squash(password);
  if (commonPasswords.has(plain) || isOneUnitRepeated(plain) || isSequence(plain)) {
    return problem("common", "This password is among those that attackers try first; choose another.");
  }
  if (withoutKnownWords(plain, about).length < minimumOwnLength) {
    return problem(
      "guessable",
      "This is mostly your name, your email or a very common word; choose something else.",
    );
  }
  return null;
}

/** Throws `identity.weak_password` (unprocessable) for what `passwordProblem` finds. */
export function refuseWeak(password: string, about: { name: string; email: string }): void {
  const weak = passwordProblem(password, about);
  if (weak === null) return;
  throw new IdentityError({
    code: "identity.weak_password",
    kind: "unprocessable",
    message: weak.message,
    problems: [weak],
  });
}

function problem(reason: string, message: string): Problem {
  return { path: "/password", code: `identity.password_${reason}`, message };
}

/** Lower case letters and digits alone: `P@ss-Word 1` and `p@ssword1` are the same guess. */
function squash(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("@", "a")
    .replaceAll("$", "s")
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function isOneUnitRepeated(text: string): boolean {
  return /^(.{1,5}?)\1+.{0,4}$/su.test(text);
}

/** `abcdefghijklmno`, `987654321098765`: each character is its neighbour's neighbour. */
function isSequence(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  const ordinary = steps.filter((step) => step === 1 || step === -9).length;
  const backward = steps.filter((step) => step === -1 || step === 9).length;
  return Math.max(ordinary, backward) >= steps.length - 1;
}

function withoutKnownWords(plain: string, about: { name: string; email: string }): string {
  const own = `${about.name} ${about.email}`.split(/[^\p{L}\p{N}]+/u).map(squash);
  const words = [...own, ...commonWords]
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length);
  let rest = plain;
  for (const word of words) rest = rest.replaceAll(word, "");
  return trimEndOf(rest, /\d/);
}
