import type { Sentence } from "../text/sentences.ts";

/** How much of a sentence's weight comes from its neighbours, as in PageRank and LexRank. */
const DAMPING = 0.85;
const ROUNDS = 30;
/** Sentences less alike than this say nothing about each other (LexRank's threshold). */
const ALIKE = 0.08;
/** How much a sentence's own score counts against what it repeats of those already chosen. */
const RELEVANCE = 0.6;

/**
 * Scores sentences by how much of the text they speak for: LexRank (Erkan and Radev, 2004), the
 * stationary distribution of a walk over sentences joined by TF-IDF cosine similarity, restarted at
 * sentences that stand early or share words with the title. Pure and deterministic.
 *
 * @returns one score per sentence, the best being 1
 */
export function rankSentences(sentences: readonly Sentence[], titleStems: readonly string[]): number[] {
  if (sentences.length === 0) return [];
  const edges = similarities(sentences);
  const restart = restartWeights(sentences, new Set(titleStems));
  let scores = restart;
  for (let round = 0; round < ROUNDS; round += 1) scores = step(scores, edges, restart);
  const weighed = scores.map((score, index) => score * readability(sentences[index]?.text ?? ""));
  const best = Math.max(...weighed);
  return weighed.map((score) => (best > 0 ? score / best : 0));
}

type Edge = { to: number; weight: number };

function step(scores: readonly number[], edges: readonly Edge[][], restart: readonly number[]): number[] {
  const next = restart.map((weight) => weight * (1 - DAMPING));
  for (const [from, list] of edges.entries()) {
    const share = DAMPING * (scores[from] ?? 0);
    // A sentence without neighbours hands its weight back to the restart, so that none is lost.
    if (list.length === 0)
      for (const [to, weight] of restart.entries()) next[to] = (next[to] ?? 0) + share * weight;
    else for (const { to, weight } of list) next[to] = (next[to] ?? 0) + share * weight;
  }
  return next;
}

/** The sentences that each one leads to; the weights of one sentence add up to 1. */
function similarities(sentences: readonly Sentence[]): Edge[][] {
  const vectors = vectorsOf(sentences);
  const holders = new Map<string, number[]>();
  for (const [index, vector] of vectors.entries()) {
    for (const stem of vector.keys()) {
      const list = holders.get(stem);
      if (list) list.push(index);
      else holders.set(stem, [index]);
    }
  }
  return vectors.map((vector, from) => {
    const products = new Map<number, number>();
    for (const [stem, weight] of vector) {
      for (const to of holders.get(stem) ?? []) {
        if (to === from) continue;
        products.set(to, (products.get(to) ?? 0) + weight * (vectors[to]?.get(stem) ?? 0));
      }
    }
    const alike = [...products].filter(([, weight]) => weight >= ALIKE);
    const total = alike.reduce((sum, [, weight]) => sum + weight, 0);
    return alike.map(([to, weight]) => ({ to, weight: weight / total }));
  });
}

/** Unit vectors of TF-IDF weights, one per sentence. */
function vectorsOf(sentences: readonly Sentence[]): Map<string, number>[] {
  const frequency = new Map<string, number>();
  for (const sentence of sentences) {
    for (const stem of new Set(sentence.stems)) frequency.set(stem, (frequency.get(stem) ?? 0) + 1);
  }
  return sentences.map((sentence) => {
    const vector = new Map<string, number>();
    for (const stem of sentence.stems) {
      const inverse = Math.log(1 + sentences.length / (frequency.get(stem) ?? 1));
      vector.set(stem, (vector.get(stem) ?? 0) + inverse);
    }
    const norm = Math.hypot(...vector.values());
    for (const [stem, weight] of vector) vector.set(stem, weight / norm);
    return vector;
  });
}

function restartWeights(sentences: readonly Sentence[], title: ReadonlySet<string>): number[] {
  const seen = new Set<number>();
  const raw = sentences.map((sentence) => {
    const opens = !seen.has(sentence.paragraph);
    seen.add(sentence.paragraph);
    const shared = new Set(sentence.stems.filter((stem) => title.has(stem))).size;
    // Writers put the point first: in the text, and in each paragraph.
    return 1 + 3 / (1 + sentence.index) + (opens ? 0.5 : 0) + 2 * (title.size > 0 ? shared / title.size : 0);
  });
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => weight / total);
}

/** Below 1 for a sentence that reads badly out of its place: it points at what came before, asks, or quotes half. */
function readability(text: string): number {
  let factor = 1;
  if (
    /^(?:but|and|or|so|yet|however|therefore|thus|then|still|also|moreover|instead|otherwise|this|that|these|those|it|its|he|she|they|his|her|their|such|here|there)\b/i.test(
      text,
    )
  )
    factor *= 0.45;
  if (/[?？]["'”’]*$/u.test(text)) factor *= 0.5;
  if (unbalanced(text)) factor *= 0.4;
  if (text.length > 260) factor *= 0.6;
  if (text.length < 60) factor *= 0.7;
  // A figure makes a sentence worth quoting.
  if (/\d/.test(text)) factor *= 1.15;
  return factor;
}

function unbalanced(text: string): boolean {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return count(/"/g) % 2 === 1 || count(/“/g) !== count(/”/g) || count(/\(/g) !== count(/\)/g);
}

/**
 * The best `count` sentences that do not repeat each other (maximal marginal relevance, Carbonell and
 * Goldstein 1998), best first.
 */
export function selectSentences(
  sentences: readonly Sentence[],
  scores: readonly number[],
  count: number,
): Sentence[] {
  const chosen: Sentence[] = [];
  const left = new Set(sentences);
  while (chosen.length < count && left.size > 0) {
    let best: Sentence | null = null;
    let bestWorth = Number.NEGATIVE_INFINITY;
    for (const sentence of left) {
      const repeats = Math.max(0, ...chosen.map((other) => overlap(sentence.stems, other.stems)));
      const worth = RELEVANCE * (scores[sentence.index] ?? 0) - (1 - RELEVANCE) * repeats;
      if (worth > bestWorth) [best, bestWorth] = [sentence, worth];
    }
    if (!best) break;
    chosen.push(best);
    left.delete(best);
  }
  return chosen;
}

function overlap(left: readonly string[], right: readonly string[]): number {
  const rightSet = new Set(right);
  const leftSet = new Set(left);
  const shared = [...leftSet].filter((stem) => rightSet.has(stem)).length;
  return shared / Math.max(1, leftSet.size + rightSet.size - shared);
}
