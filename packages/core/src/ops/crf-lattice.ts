import { forbiddenLimit, type CrfTensors } from './crf-tensors.js';

/** The scores of a batch as plain arrays; shapes are those of `CrfTensors`. */
export interface CrfArrays {
  readonly timeSteps: number;
  readonly batchSize: number;
  readonly tagCount: number;
  readonly emissions: ArrayLike<number>;
  readonly transitions: ArrayLike<number>;
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
}

/** All rows of tags of one sequence and their scores, in float64; what is forbidden is −∞. */
export interface Lattice {
  /** L */
  readonly length: number;
  /** K */
  readonly tagCount: number;
  /** `[L · K]` */
  readonly emissions: Float64Array;
  /** `[K · K]`, row = from */
  readonly transitions: Float64Array;
  /** `[K]` */
  readonly start: Float64Array;
  /** `[K]` */
  readonly end: Float64Array;
}

export function toCrfArrays(tensors: CrfTensors): CrfArrays {
  const [timeSteps, batchSize, tagCount] = tensors.emissions.shape;
  const { emissions, transitions, start, end, lengths } = tensors;
  const sizes = { timeSteps, batchSize, tagCount };
  return {
    ...sizes,
    emissions: emissions.dataSync(),
    transitions: transitions.dataSync(),
    start: start.dataSync(),
    end: end.dataSync(),
    lengths: lengths.dataSync(),
  };
}

const orForbidden = (score: number): number => (score <= forbiddenLimit ? -Infinity : score);

/** The lattice of each sequence. */
export function latticesOf(arrays: CrfArrays): Lattice[] {
  const { batchSize, tagCount, lengths } = arrays;
  const shared = {
    tagCount,
    transitions: Float64Array.from(arrays.transitions, orForbidden),
    start: Float64Array.from(arrays.start, orForbidden),
    end: Float64Array.from(arrays.end, orForbidden),
  };
  return Array.from({ length: batchSize }, (_, b) => {
    const length = lengths[b]!;
    const emissions = new Float64Array(length * tagCount);
    for (let t = 0; t < length; t++) {
      const from = (t * batchSize + b) * tagCount;
      for (let k = 0; k < tagCount; k++) emissions[t * tagCount + k] = orForbidden(arrays.emissions[from + k]!);
    }
    return { ...shared, length, emissions };
  });
}

/** The rows that have the known tags; −1 leaves a step free. @param tags - `[L]` */
export function rowsWith(lattice: Lattice, tags: ArrayLike<number>): Lattice {
  const { tagCount } = lattice;
  const emissions = lattice.emissions.map((score, at) => {
    const known = tags[Math.floor(at / tagCount)]!;
    return known === -1 || known === at % tagCount ? score : -Infinity;
  });
  return { ...lattice, emissions };
}

/** ln Σ e^x; −∞ for nothing but −∞, NaN where there is one. */
export function logSumExp(values: Float64Array): number {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (largest === -Infinity) return largest;
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/**
 * α_t(j) = ln Σ e^score over all rows of tags of steps 0 … t that end with j, the emission of step t included:
 *
 *   α₀(j) = start(j) + e₀(j)      α_t(j) = e_t(j) + ln Σᵢ exp(α_{t−1}(i) + T(i, j))
 *
 * @returns `[L · K]`
 */
export function forwardScores({ length, tagCount, emissions, transitions, start }: Lattice): Float64Array {
  const alpha = new Float64Array(length * tagCount);
  if (length > 0) alpha.set(start.map((score, j) => score + emissions[j]!));
  const terms = new Float64Array(tagCount);
  for (let t = 1; t < length; t++) {
    const before = alpha.subarray((t - 1) * tagCount, t * tagCount);
    for (let j = 0; j < tagCount; j++) {
      for (let i = 0; i < tagCount; i++) terms[i] = before[i]! + transitions[i * tagCount + j]!;
      alpha[t * tagCount + j] = logSumExp(terms) + emissions[t * tagCount + j]!;
    }
  }
  return alpha;
}

/**
 * β_t(i) = ln Σ e^score over all rows of tags of steps t + 1 … L − 1 that can follow i, the end included and the emission of
 * step t not:
 *
 *   β_{L−1}(i) = end(i)      β_t(i) = ln Σⱼ exp(T(i, j) + e_{t+1}(j) + β_{t+1}(j))
 *
 * @returns `[L · K]`
 */
export function backwardScores({ length, tagCount, emissions, transitions, end }: Lattice): Float64Array {
  const beta = new Float64Array(length * tagCount);
  if (length > 0) beta.set(end, (length - 1) * tagCount);
  const terms = new Float64Array(tagCount);
  for (let t = length - 2; t >= 0; t--) {
    const after = (t + 1) * tagCount;
    for (let i = 0; i < tagCount; i++) {
      for (let j = 0; j < tagCount; j++) {
        terms[j] = transitions[i * tagCount + j]! + emissions[after + j]! + beta[after + j]!;
      }
      beta[t * tagCount + i] = logSumExp(terms);
    }
  }
  return beta;
}

/** ln Z: ln Σ e^score over all rows of tags; 0 for the one row of length 0, −∞ if every row is forbidden. */
export function logPartition({ length, tagCount, end }: Lattice, alpha: Float64Array): number {
  if (length === 0) return 0;
  return logSumExp(end.map((score, k) => score + alpha[(length - 1) * tagCount + k]!));
}

/** Where expectations of one sequence are added up; shapes are those of `Lattice`. */
export type CrfExpectations = Pick<Lattice, 'emissions' | 'transitions' | 'start' | 'end'>;

/**
 * Adds `weight` times the probability of each tag and each pair of neighbouring tags: the gradient of weight · ln Z.
 *
 *   p(y_t = j) = exp(α_t(j) + β_t(j) − ln Z)      p(y_{t−1} = i, y_t = j) = exp(α_{t−1}(i) + T(i, j) + e_t(j) + β_t(j) − ln Z)
 */
export function addExpectations(lattice: Lattice, weight: number, sums: CrfExpectations): void {
  const { length, tagCount, emissions, transitions } = lattice;
  const alpha = forwardScores(lattice);
  const beta = backwardScores(lattice);
  const logZ = logPartition(lattice, alpha);
  const marginals = alpha.map((score, at) => weight * Math.exp(score + beta[at]! - logZ));
  marginals.forEach((marginal, at) => (sums.emissions[at]! += marginal));
  marginals.subarray(0, tagCount).forEach((marginal, j) => (sums.start[j]! += marginal));
  marginals.subarray(-tagCount).forEach((marginal, j) => (sums.end[j]! += marginal));
  for (let at = tagCount; at < length * tagCount; at++) {
    const j = at % tagCount;
    const rest = emissions[at]! + beta[at]! - logZ;
    for (let i = 0; i < tagCount; i++) {
      const pair = i * tagCount + j;
      sums.transitions[pair]! += weight * Math.exp(alpha[at - j - tagCount + i]! + transitions[pair]! + rest);
    }
  }
}
