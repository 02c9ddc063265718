/**
 * All alignments of one sequence of labels with one sequence of frames, in float64. Its states are the labels with a blank before,
 * between and behind them: ∅ l₀ ∅ l₁ … ∅, so state 2i + 1 is label i.
 */
export interface CtcLattice {
  /** L, frames */
  readonly length: number;
  /** S = 2·labels + 1 */
  readonly states: number;
  /** `[L · S]`: ln p of the symbol of a state in a frame */
  readonly emissions: Float64Array;
  /** `[S]`: 1 for a label that may follow the label before it without a blank: another one */
  readonly skips: Uint8Array;
}

export interface CtcLatticeSource {
  /** `[frame · stride + from + symbol]`, natural logarithms up to a constant a frame */
  readonly scores: ArrayLike<number>;
  readonly from: number;
  readonly stride: number;
  readonly symbols: number;
  readonly length: number;
}

/** @param labels - without blanks */
export function ctcLattice(source: CtcLatticeSource, labels: ArrayLike<number>, blank: number): CtcLattice {
  const { scores, from, stride, symbols, length } = source;
  const states = 2 * labels.length + 1;
  const emissions = new Float64Array(length * states);
  for (let t = 0; t < length; t++) {
    const first = from + t * stride;
    const logSum = logSumOf(scores, first, first + symbols);
    for (let s = 0; s < states; s++) {
      emissions[t * states + s] = scores[first + (s % 2 === 1 ? labels[(s - 1) / 2]! : blank)]! - logSum;
    }
  }
  const skips = Uint8Array.from({ length: states }, (_, s) =>
    s % 2 === 1 && s > 1 && labels[(s - 1) / 2] !== labels[(s - 3) / 2] ? 1 : 0,
  );
  return { length, states, emissions, skips };
}

/** ln Σ e^x of `values[from]` up to before `end`. */
export function logSumOf(values: ArrayLike<number>, from: number, end: number): number {
  let largest = -Infinity;
  for (let i = from; i < end; i++) largest = Math.max(largest, values[i]!);
  if (largest === -Infinity) return largest;
  let sum = 0;
  for (let i = from; i < end; i++) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}

/** ln(eᵃ + eᵇ + eᶜ). */
function logAdd(a: number, b: number, c: number): number {
  const largest = Math.max(a, b, c);
  if (largest === -Infinity) return largest;
  return largest + Math.log(Math.exp(a - largest) + Math.exp(b - largest) + Math.exp(c - largest));
}

/**
 * α_t(s): ln of the sum over all beginnings of alignments that are in state s in frame t, that frame included.
 *
 *   α₀(0) = e₀(0)   α₀(1) = e₀(1)   α_t(s) = e_t(s) + ln(e^α_{t−1}(s) + e^α_{t−1}(s−1) + [skip s]·e^α_{t−1}(s−2))
 *
 * @returns `[L · S]`
 */
export function ctcForward({ length, states, emissions, skips }: CtcLattice): Float64Array {
  const alpha = new Float64Array(length * states).fill(-Infinity);
  alpha.set(emissions.subarray(0, Math.min(2, states)));
  for (let t = 1; t < length; t++) {
    const before = (t - 1) * states;
    for (let s = 0; s < states; s++) {
      const one = s > 0 ? alpha[before + s - 1]! : -Infinity;
      const two = skips[s] ? alpha[before + s - 2]! : -Infinity;
      alpha[t * states + s] = emissions[t * states + s]! + logAdd(alpha[before + s]!, one, two);
    }
  }
  return alpha;
}

/**
 * β_t(s): ln of the sum over all ends of alignments behind frame t after state s, that frame not included.
 *
 *   β_{L−1}(S−1) = β_{L−1}(S−2) = 0   β_t(s) = ln(Σ over s′ = s, s + 1 and, if it skips, s + 2 of e^(e_{t+1}(s′) + β_{t+1}(s′)))
 *
 * @returns `[L · S]`
 */
export function ctcBackward({ length, states, emissions, skips }: CtcLattice): Float64Array {
  const beta = new Float64Array(length * states).fill(-Infinity);
  beta.fill(0, Math.max(0, (length - 1) * states, length * states - 2));
  for (let t = length - 2; t >= 0; t--) {
    const after = (t + 1) * states;
    const reach = (s: number): number => emissions[after + s]! + beta[after + s]!;
    for (let s = 0; s < states; s++) {
      const one = s + 1 < states ? reach(s + 1) : -Infinity;
      const two = skips[s + 2] ? reach(s + 2) : -Infinity;
      beta[t * states + s] = logAdd(reach(s), one, two);
    }
  }
  return beta;
}

/** ln p(labels): −∞ where there are too few frames. */
export function ctcLogProbability({ length, states }: CtcLattice, alpha: Float64Array): number {
  if (length === 0) return states === 1 ? 0 : -Infinity;
  return logSumOf(alpha, length * states - Math.min(2, states), length * states);
}
