import { ConfigError } from '@unroll/core';
import { ReferenceNgrams } from './reference-ngrams.js';
import type { MetricScore, TranslationMetric } from './translation-metric.js';
import { signatureOf } from './signature.js';
import { fixed, trimEnd } from './text.js';
import { metricTokens, type MetricTokenizerName } from './tokenizers.js';

/** What becomes of an order without a match. */
export type BleuSmoothing = 'exp' | 'floor' | 'add-k' | 'none';

export interface BleuOptions {
  /** '13a' unless set */
  readonly tokenizer?: MetricTokenizerName | undefined;
  readonly lowercase?: boolean | undefined;
  /** 'exp' unless set */
  readonly smoothing?: BleuSmoothing | undefined;
  /** of 'floor' (0.1 unless set) and 'add-k' (1 unless set) */
  readonly smoothingValue?: number | undefined;
  /** orders that the translation is too short for are left out, which single sentences need; false unless set */
  readonly effectiveOrder?: boolean | undefined;
  /** 4 unless set */
  readonly maximumOrder?: number | undefined;
}

export interface BleuScore extends MetricScore {
  /** `[order]`, in percent, smoothed */
  readonly precisions: readonly number[];
  /** in 0 … 1 */
  readonly brevityPenalty: number;
  /** of lengths, hypothesis / reference */
  readonly ratio: number;
  /** in tokens */
  readonly hypothesisLength: number;
  /** in tokens; of several references the closest one counts */
  readonly referenceLength: number;
  /** `66.7/40.0/… (BP = 1.000 ratio = 1.000 hyp_len = 6 ref_len = 6)` */
  readonly details: string;
}

/**
 * Bilingual evaluation understudy, as sacreBLEU computes it.
 *
 *   pₙ = Σ matched n-grams / Σ n-grams of the hypothesis     over sentences; of several references the largest count matches
 *   BP = min(1, exp(1 − r / c))                              c, r: tokens of hypotheses and of their closest references
 *   BLEU = 100 · BP · exp(Σₙ ln pₙ / 4)
 *
 * An order without a match would make it 0. Smoothing 'exp' takes 1 / 2ᵏ matches for the k-th such order, 'floor' a
 * small number, 'add-k' adds k to both counts of all orders above 1, 'none' leaves it. Without any match it is 0.
 *
 * @throws {ConfigError} `config/bleu` if `maximumOrder` is below 1
 * @see Papineni et al. 2002; Chen & Cherry 2014; Post 2018
 */
export function createBleu(options: BleuOptions = {}): TranslationMetric<BleuScore> {
  const { tokenizer = '13a', lowercase = false, smoothing = 'exp', effectiveOrder = false, maximumOrder = 4 } = options;
  if (!Number.isInteger(maximumOrder) || maximumOrder < 1) {
    throw new ConfigError('config/bleu', `maximumOrder has to be a whole number of at least 1, got ${maximumOrder}`);
  }
  const smoothingValue = options.smoothingValue ?? defaultValues[smoothing] ?? 0;
  const orders = Array.from({ length: maximumOrder }, (_, n) => n + 1);
  const tokensOf = (text: string) => metricTokens(trimEnd(lowercase ? text.toLowerCase() : text), tokenizer);
  return {
    name: 'BLEU',
    better: 'higher',
    sums: [
      'hypothesisLength',
      'referenceLength',
      ...orders.map((n) => `matched${n}`),
      ...orders.map((n) => `total${n}`),
    ],
    statistics(hypothesis, references) {
      const tokens = tokensOf(hypothesis);
      const rights = references.map(tokensOf);
      const matched = new ReferenceNgrams(maximumOrder, rights).matches(tokens);
      const length = closestLength(tokens.length, rights);
      const totals = orders.map((n) => Math.max(0, tokens.length - n + 1));
      return Float64Array.from([tokens.length, length, ...matched, ...totals]);
    },
    score: (sums) => bleuOfSums(sums, { smoothing, smoothingValue, effectiveOrder, maximumOrder }),
    signature: (references) =>
      signatureOf(references, {
        case: lowercase ? 'lc' : 'mixed',
        eff: effectiveOrder,
        tok: tokenizer,
        smooth: smoothing in defaultValues ? `${smoothing}[${fixed(smoothingValue, 2)}]` : smoothing,
      }),
  };
}

const defaultValues: Readonly<Partial<Record<BleuSmoothing, number>>> = { floor: 0.1, 'add-k': 1 };

/** Of two that are equally close, the shorter one. */
function closestLength(length: number, references: readonly (readonly string[])[]): number {
  return references
    .map((tokens) => tokens.length)
    .reduce((best, other) => {
      const difference = Math.abs(other - length) - Math.abs(best - length);
      return difference < 0 || (difference === 0 && other < best) ? other : best;
    });
}

interface SumOptions {
  readonly smoothing: BleuSmoothing;
  readonly smoothingValue: number;
  readonly effectiveOrder: boolean;
  readonly maximumOrder: number;
}

function bleuOfSums(sums: ArrayLike<number>, options: SumOptions): BleuScore {
  const { maximumOrder } = options;
  const [hypothesisLength, referenceLength] = [sums[0]!, sums[1]!];
  const matched = Array.from({ length: maximumOrder }, (_, n) => sums[2 + n]!);
  const totals = matched.map((_, n) => sums[2 + maximumOrder + n]!);
  const brevityPenalty = penaltyOf(hypothesisLength, referenceLength);
  const { precisions, order } = smoothedPrecisions(matched, totals, options);
  // a logarithm of 0 is a very small number, so that the score becomes 0
  const logs = precisions.slice(0, order).map((p) => (p === 0 ? -9999999999 : Math.log(p)));
  const score = order === 0 ? 0 : brevityPenalty * Math.exp(logs.reduce((a, b) => a + b) / order);
  const ratio = referenceLength > 0 ? hypothesisLength / referenceLength : 0;
  const details =
    `${precisions.map((p) => fixed(p, 1)).join('/')} (BP = ${fixed(brevityPenalty, 3)} ratio = ${fixed(ratio, 3)} ` +
    `hyp_len = ${hypothesisLength} ref_len = ${referenceLength})`;
  return { score, precisions, brevityPenalty, ratio, hypothesisLength, referenceLength, details };
}

function penaltyOf(hypothesisLength: number, referenceLength: number): number {
  if (hypothesisLength >= referenceLength) return 1;
  return hypothesisLength > 0 ? Math.exp(1 - referenceLength / hypothesisLength) : 0;
}

/** @returns precisions in percent, and how many orders count; 0 where nothing matches */
function smoothedPrecisions(
  matched: readonly number[],
  totals: readonly number[],
  { smoothing, smoothingValue, effectiveOrder, maximumOrder }: SumOptions,
): { readonly precisions: readonly number[]; readonly order: number } {
  const precisions = matched.map(() => 0);
  if (matched.every((count) => count === 0)) return { precisions, order: 0 };
  let order = maximumOrder;
  let divisor = 1;
  for (let n = 0; n < maximumOrder; n++) {
    const added = smoothing === 'add-k' && n > 0 ? smoothingValue : 0;
    const [match, total] = [matched[n]! + added, totals[n]! + added];
    if (total === 0) break;
    if (effectiveOrder) order = n + 1;
    if (match > 0) precisions[n] = (100 * match) / total;
    else if (smoothing === 'exp') precisions[n] = 100 / ((divisor *= 2) * total);
    else if (smoothing === 'floor') precisions[n] = (100 * smoothingValue) / total;
  }
  return { precisions, order };
}
