import { sameAddress } from "#kit";
import type { Likeness } from "./contract.ts";
import { findUrls } from "./text/urls.ts";

/** What can be compared of a thing that was sent, and of one that a platform lists; `media` holds the platform's ids. */
export type Traits = { text: string; link?: string | null; media?: readonly string[] };

/** "same" where the connector says so by the rules of its platform; else whether it may be the thing after an edit. */
export function likenessOf(isSame: boolean, listed: Traits, wanted: Traits): Likeness {
  if (isSame) return "same";
  return resembles(listed, wanted) ? "similar" : "other";
}

/**
 * Whether a listed thing shows the files that were sent. They were uploaded for this plan alone, so their ids tell;
 * after a loss it may have been sent with other uploads, of which nothing is known but how many they were.
 */
export function showsUploads(
  listed: readonly string[],
  sent: readonly string[],
  { afterLoss }: { afterLoss: boolean },
): boolean {
  return listed.join() === sent.join() || (afterLoss && listed.length === sent.length);
}

/**
 * Whether a listed thing may be the wanted one after a platform has changed it: most of the words, the same start, a
 * file or an address in common. Platforms change quotes, dashes, selectors of emoji, invisible signs, white space and
 * addresses, escape and cut, so letters and digits alone are looked at. No proof of anything: a reason to ask.
 */
export function resembles(listed: Traits, wanted: Traits): boolean {
  if (listed.media?.some((id) => wanted.media?.includes(id))) return true;
  const [left, right] = [dissect(listed), dissect(wanted)];
  if (left.addresses.some((one) => right.addresses.some((other) => sameAddress(one, other)))) return true;
  // Nothing tells them apart but what platforms change.
  if (left.letters === right.letters) return true;
  if (left.letters === "" || right.letters === "") return false;
  return startsAlike(left.letters, right.letters) || sharesMost(left.words, right.words);
}

type Parts = { words: string[]; letters: string; addresses: string[] };

/** Addresses are compared as addresses, so that a house that links to itself does not resemble itself in every post. */
function dissect({ text, link }: Traits): Parts {
  let rest = "";
  let position = 0;
  const addresses: string[] = link ? [link] : [];
  for (const { start, end, url } of findUrls(text)) {
    rest += `${text.slice(position, start)} `;
    position = end;
    addresses.push(/^https?:/iu.test(url) ? url : `https://${url}`);
  }
  rest += text.slice(position);
  const runs = runsOf(rest);
  return {
    words: runs.flatMap((run) => (unspaced.test(run) ? pairsOf(run) : [run])),
    letters: runs.join(""),
    addresses,
  };
}

/** Scripts that put no spaces between words: there, two letters in a row stand for one. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Runs of letters and digits, folded: without marks, case and compatibility forms. */
function runsOf(text: string): string[] {
  const folded = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Each letter with the one behind it. */
function pairsOf(run: string): string[] {
  const letters = Array.from(run);
  return letters.length < 2
    ? letters
    : letters.slice(1).map((letter, index) => (letters[index] ?? "") + letter);
}

const longEnough = 12;
const start = 32;

/** As after a cut: the shorter one begins the longer one, or both begin with as much as no two posts do by chance. */
function startsAlike(left: string, right: string): boolean {
  const length = Math.min(left.length, right.length, start);
  return length >= longEnough && left.slice(0, length) === right.slice(0, length);
}

/** More than half of the words of the longer one, each counted as often as it stands there. */
function sharesMost(left: readonly string[], right: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count > 0) {
      shared += 1;
      counts.set(word, count - 1);
    }
  }
  return shared > Math.max(left.length, right.length) / 2;
}
