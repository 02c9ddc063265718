import { ConfigError } from './errors.js';

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
 * @param probabilities - `[vocabularySize]`, where to write them; a new array unless given
 * @returns `probabilities`, summing to 1
 */
export function samplingDistribution(
  logits: ArrayLike<number>,
  options: SamplingOptions = {},
  probabilities = new Float64Array(logits.length),
): Float64Array {
  const { temperature = 1, topK = 0, topP = 1, greedy = false } = options;
  if (greedy || temperature === 0) {
    probabilities.fill(0)[argmax(logits)] = 1;
    return probabilities;
  }
  const largest = logits[argmax(logits)]!;
  for (let i = 0; i < logits.length; i++) probabilities[i] = Math.exp((logits[i]! - largest) / temperature);
  if ((topK > 0 && topK < logits.length) || topP < 1) {
    keepOnly(probabilities, nucleus(logits, probabilities, { topK: topK || logits.length, topP }));
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

/** How many of the likeliest tokens are looked at first for those that reach p together. */
const firstRanked = 64;

/** The ids of the top k, of which as many as it takes to reach the share `topP` of their sum. */
function nucleus(
  logits: ArrayLike<number>,
  weights: Float64Array,
  { topK, topP }: { readonly topK: number; readonly topP: number },
): Int32Array {
  const size = logits.length;
  if (topP >= 1) return likeliest(logits, topK);
  if (topK < size) {
    const ranked = likeliest(logits, topK);
    return ranked.subarray(0, countToReach(ranked, weights, topP * sumOf(weights, ranked)));
  }
  const wanted = topP * weights.reduce((sum, weight) => sum + weight, 0);
  for (let count = Math.min(firstRanked, size); ; count = Math.min(8 * count, size)) {
    const ranked = likeliest(logits, count);
    const reached = countToReach(ranked, weights, wanted);
    if (reached < count || count === size) return ranked.subarray(0, reached);
  }
}

function sumOf(weights: Float64Array, ids: Int32Array): number {
  return ids.reduce((sum, id) => sum + weights[id]!, 0);
}

/** How many of the first `ids` it takes to reach a sum: all where they do not. */
function countToReach(ids: Int32Array, weights: Float64Array, wanted: number): number {
  let sum = 0;
  for (const [i, id] of ids.entries()) {
    sum += weights[id]!;
    if (sum >= wanted) return i + 1;
  }
  return ids.length;
}

/**
 * The ids of the `count` highest scores by falling score, equal ones by id. A heap holds the best so far with the worst
 * of them at its root, so that most of a large vocabulary costs one comparison each.
 */
function likeliest(logits: ArrayLike<number>, count: number): Int32Array {
  const isWorse = (a: number, b: number) => logits[a]! < logits[b]! || (logits[a] === logits[b] && a > b);
  const heap = new Int32Array(Math.min(count, logits.length));
  const sink = (id: number, size: number) => {
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!isWorse(heap[child]!, id)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = id;
  };
  const rise = (id: number, last: number) => {
    let place = last;
    for (let parent = (place - 1) >> 1; place > 0 && isWorse(id, heap[parent]!); parent = (place - 1) >> 1) {
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = id;
  };
  for (let id = 0; id < logits.length; id++) {
    if (id < heap.length) rise(id, id);
    else if (isWorse(heap[0]!, id)) sink(id, heap.length);
  }
  for (let size = heap.length - 1; size > 0; size--) {
    const worst = heap[0]!;
    sink(heap[size]!, size);
    heap[size] = worst;
  }
  return heap;
}

/** Sets the weights of all other ids to 0. */
function keepOnly(weights: Float64Array, ids: Int32Array): void {
  const kept = Float64Array.from(ids, (id) => weights[id]!);
  weights.fill(0);
  for (const [i, id] of ids.entries()) weights[id] = kept[i]!;
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
