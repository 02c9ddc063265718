import { ConfigError } from '@unroll/core';

/** How the next token is chosen from the model's scores. */
export interface SamplingOptions {
  /** logits are divided by it: below 1 likelier tokens gain, above 1 they lose; 0 = greedy. 1 unless set */
  readonly temperature?: number | undefined;
  /** only the k likeliest tokens; 0 = all (Fan, Lewis & Dauphin 2018) */
  readonly topK?: number | undefined;
  /** only the fewest likeliest tokens whose probabilities reach p together; 1 = all (Holtzman et al. 2020) */
  readonly topP?: number | undefined;
  /** always the likeliest token */
  readonly greedy?: boolean | undefined;
}

/** @throws {ConfigError} `config/sampling` for a value out of range */
export function checkSampling({ temperature = 1, topK = 0, topP = 1 }: SamplingOptions): void {
  if (!(temperature >= 0 && Number.isFinite(temperature))) {
    throw new ConfigError('config/sampling', `temperature must be a number of at least 0, got ${temperature}`);
  }
  if (!(Number.isInteger(topK) && topK >= 0)) {
    throw new ConfigError('config/sampling', `topK must be a whole number of at least 0 (0 = all), got ${topK}`);
  }
  if (!(topP > 0 && topP <= 1))
    throw new ConfigError('config/sampling', `topP must be above 0 and at most 1, got ${topP}`);
}

/**
 * The probabilities that the next token is drawn from.
 *
 *   p ∝ exp(logits / temperature), cut to the top k, then to the top p of what is left, then scaled to sum 1
 *
 * Equal scores are ranked by id, so that the same scores give the same tokens.
 *
 * @param logits - `[vocabularySize]`; −∞ = never
 * @returns `[vocabularySize]`, summing to 1
 */
export function samplingDistribution(logits: ArrayLike<number>, options: SamplingOptions = {}): Float64Array {
  const { temperature = 1, topK = 0, topP = 1, greedy = false } = options;
  const probabilities = new Float64Array(logits.length);
  if (greedy || temperature === 0) {
    probabilities[argmax(logits)] = 1;
    return probabilities;
  }
  const largest = logits[argmax(logits)]!;
  for (let i = 0; i < logits.length; i++) probabilities[i] = Math.exp((logits[i]! - largest) / temperature);
  if ((topK > 0 && topK < logits.length) || topP < 1) {
    keepLikeliest(probabilities, rank(logits), { topK: topK || logits.length, topP });
  }
  return normalise(probabilities);
}

/** The token whose share of [0, 1) holds `u`. */
export function drawFrom(probabilities: Float64Array, u: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] === 0) continue;
    last = i;
    sum += probabilities[i]!;
    if (u < sum) return i;
  }
  return last; // rounding left the sum a little below 1
}

/** Ids by falling score, equal ones by id. */
function rank(logits: ArrayLike<number>): readonly number[] {
  const ids = Array.from({ length: logits.length }, (_, id) => id);
  // A difference would be NaN between two that are −∞.
  return ids.sort((a, b) => (logits[a] === logits[b] ? a - b : logits[a]! > logits[b]! ? -1 : 1));
}

/** Keeps the first `topK` of the ranking, and of those as many as it takes to reach the share `topP` of their sum. */
function keepLikeliest(
  weights: Float64Array,
  ranked: readonly number[],
  { topK, topP }: { topK: number; topP: number },
) {
  const kept = ranked.slice(0, topK);
  const total = kept.reduce((sum, id) => sum + weights[id]!, 0);
  let reached = 0;
  const last = kept.findIndex((id) => (reached += weights[id]!) >= topP * total);
  for (const id of ranked.slice(last < 0 ? kept.length : last + 1)) weights[id] = 0;
}

/** Scales to sum 1, in place. */
function normalise(weights: Float64Array): Float64Array {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]!;
  for (let i = 0; i < weights.length; i++) weights[i]! /= total;
  return weights;
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
