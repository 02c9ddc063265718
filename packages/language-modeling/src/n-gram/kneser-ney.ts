import type { CountedLevel } from './counts.js';
import { beginnings } from './levels.js';
import type { ScoredLevel } from './n-gram-model.js';

/** What is taken off counts of 1, 2, and 3 or more. */
export type Discounts = readonly [one: number, two: number, more: number];

/** Where the counts of a text do not tell the discounts: all counts are the same, or there are too few. */
export const usualDiscounts: Discounts = [0.5, 1, 1.5];

export interface EstimateOptions {
  readonly startId: number;
  /** n-grams of length n that are rarer than entry n − 1 are left out, their mass goes to the back-off; does not fall from entry to entry */
  readonly minimumCounts: readonly number[];
}

/**
 * Interpolated modified Kneser-Ney smoothing. With a the count of an n-gram, of all lengths but the longest the number of different words before
 * it instead (none is before `<s>`, so n-grams that begin with it keep their counts), tₖ how many of them have a = k, and V the words without `<s>`:
 *
 *   Y = t₁ / (t₁ + 2t₂)     D(k) = k − (k + 1)·Y·tₖ₊₁ / tₖ  for k = 1, 2, and 3 for all above
 *   p(w | h) = (a(hw) − D(a(hw))) / Σᵥ a(hv) + γ(h)·p(w | h′)     γ(h) = Σᵥ D(a(hv)) / Σᵥ a(hv)     p(w | nothing) = 1 / |V|
 *
 * @returns levels with log₁₀ of p and γ; that of `<s>`, which is never predicted, is −99
 * @see Chen & Goodman 1999, "An empirical study of smoothing techniques for language modeling", section 3.3; Heafield et al. 2013
 */
export function estimateKneserNey(
  counted: readonly CountedLevel[],
  { startId, minimumCounts }: EstimateOptions,
): readonly ScoredLevel[] {
  const adjusted = adjustedCounts(counted, startId);
  const kept = counted.map((level, n) => keptNodes(level, n === 0 ? 0 : (minimumCounts[n] ?? 1)));
  /** p of the length before, of all its n-grams */
  let below: Float64Array = new Float64Array();
  const probabilities: Float64Array[] = [];
  const weights: Float64Array[] = [];
  counted.forEach((level, n) => {
    const counts = adjusted[n]!;
    const discounts = discountsOf(counts);
    const contexts = n === 0 ? 1 : counted[n - 1]!.words.length;
    const sums = new Float64Array(contexts);
    const gamma = new Float64Array(contexts);
    const contextOf = (i: number) => (n === 0 ? 0 : level.prefixes[i]!);
    counts.forEach((count, i) => {
      sums[contextOf(i)]! += count;
      gamma[contextOf(i)]! += kept[n]![i] === 1 ? discountOf(count, discounts) : count;
    });
    gamma.forEach((mass, context) => (gamma[context] = sums[context]! > 0 ? mass / sums[context]! : 1));
    const own = below;
    below = Float64Array.from(counts, (count, i) => {
      const context = contextOf(i);
      const lower = n === 0 ? 1 / (level.words.length - 1) : own[level.suffixes[i]!]!;
      const mass = kept[n]![i] === 1 && count > 0 ? (count - discountOf(count, discounts)) / sums[context]! : 0;
      return mass + gamma[context]! * lower;
    });
    probabilities.push(below);
    if (n > 0) weights.push(gamma);
  });
  return scoredLevels(counted, kept, { probabilities, weights, startId });
}

/** D1, D2, D3+; the usual ones where they cannot be told. @param counts - adjusted, 0 = does not count */
export function discountsOf(counts: Int32Array): Discounts {
  const t = [0, 0, 0, 0, 0];
  for (const count of counts) if (count >= 1 && count <= 4) t[count]!++;
  const y = t[1]! / (t[1]! + 2 * t[2]!);
  const discounts = [1, 2, 3].map((k) => k - ((k + 1) * y * t[k + 1]!) / t[k]!);
  const canTell = discounts.every((discount, i) => discount > 0 && discount <= i + 1);
  return canTell ? (discounts as [number, number, number]) : usualDiscounts;
}

function discountOf(count: number, discounts: Discounts): number {
  return count === 0 ? 0 : discounts[Math.min(count, 3) - 1]!;
}

function adjustedCounts(levels: readonly CountedLevel[], startId: number): readonly Int32Array[] {
  /** `[n-gram]` of the length before: 1 where it begins with `<s>` */
  let begins: Uint8Array = new Uint8Array();
  return levels.map(({ counts, continuations, prefixes, words }, n) => {
    const before = begins;
    begins = Uint8Array.from(words, (word, i) => Number(n === 0 ? word === startId : before[prefixes[i]!] === 1));
    const isLongest = n === levels.length - 1;
    return counts.map((count, i) => {
      // a sentence's first place is given, not predicted
      if (n === 0 && begins[i] === 1) return 0;
      // a model of single words has their counts alone
      return isLongest || begins[i] === 1 ? count : continuations[i]!;
    });
  });
}

function keptNodes({ counts }: CountedLevel, minimum: number): Uint8Array {
  return Uint8Array.from(counts, (count) => Number(count >= minimum));
}

function scoredLevels(
  counted: readonly CountedLevel[],
  kept: readonly Uint8Array[],
  {
    probabilities,
    weights,
    startId,
  }: { probabilities: readonly Float64Array[]; weights: readonly Float64Array[]; startId: number },
): readonly ScoredLevel[] {
  const numbers = kept.map(newNumbers);
  return counted.map((level, n) => {
    const isKept = (_: unknown, i: number) => kept[n]![i] === 1;
    const logarithms = Float32Array.from(probabilities[n]!, Math.log10);
    if (n === 0) logarithms[startId] = -99;
    const longer = counted[n + 1];
    const words = level.words.filter(isKept);
    const parents = longer?.prefixes.filter((_, i) => kept[n + 1]![i] === 1).map((node) => numbers[n]![node]!);
    return {
      words,
      logProbabilities: logarithms.filter(isKept),
      ...(parents && {
        begin: beginnings(parents, words.length),
        backOffs: Float32Array.from(weights[n]!, Math.log10).filter(isKept),
      }),
    };
  });
}

/** Of each node its number among those that are kept. */
function newNumbers(kept: Uint8Array): Int32Array {
  let next = 0;
  return Int32Array.from(kept, (one) => (one === 1 ? next++ : -1));
}
