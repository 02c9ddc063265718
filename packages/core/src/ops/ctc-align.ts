import { ShapeError } from '../errors.js';
import { checkBlank, checkLabels } from './ctc-labels.js';

export interface CtcAlignOptions {
  /** `[frame · symbols]`, natural logarithms */
  readonly logProbabilities: ArrayLike<number>;
  readonly symbols: number;
  /** ids, without blanks */
  readonly labels: ArrayLike<number>;
  /** 0 unless set */
  readonly blank?: number | undefined;
}

export interface CtcAlignment {
  /** `[frame]`: id of the symbol that is said, or the blank. Repetitions of an id belong to one label */
  readonly path: Int32Array;
  /** ln of the product of the probabilities along it; −∞ where every alignment is impossible, and then nothing but blanks is the path */
  readonly logProbability: number;
}

/**
 * The most probable of all alignments of given labels: the forced Viterbi path through the states of `ctcLoss`. Of equally probable ones that
 * which stays longest in the later state.
 *
 *   δ_t(s) = e_t(s) + max(δ_{t−1}(s), δ_{t−1}(s − 1), δ_{t−1}(s − 2) if label s may follow the label before it without a blank)
 *
 * One byte of memory for each frame and state: 4 MB for a minute of 100 frames a second with 300 labels.
 *
 * @throws {ShapeError} `shape/mismatch`, `shape/range` for numbers, labels or a blank that do not fit
 */
export function ctcAlign({ logProbabilities, symbols, labels, blank = 0 }: CtcAlignOptions): CtcAlignment {
  const frames = logProbabilities.length / symbols;
  if (!Number.isInteger(frames)) {
    const expected = `[frames · symbols] with ${symbols} symbols`;
    throw new ShapeError(
      'shape/mismatch',
      `logProbabilities must be ${expected}, got ${logProbabilities.length} numbers`,
    );
  }
  checkBlank(blank, symbols);
  checkLabels(labels, 'labels', { symbols, blank });
  const states = 2 * labels.length + 1;
  const idOf = Int32Array.from({ length: states }, (_, s) => (s % 2 === 1 ? labels[(s - 1) / 2]! : blank));
  const { steps, best } = walk(logProbabilities, { frames, symbols, idOf });
  const path = new Int32Array(frames).fill(blank);
  const last = states === 1 || best[states - 1]! > best[states - 2]! ? states - 1 : states - 2;
  const logProbability = frames === 0 ? (states === 1 ? 0 : -Infinity) : best[last]!;
  if (logProbability === -Infinity) return { path, logProbability };
  for (let t = frames - 1, s = last; t >= 0; s -= steps[t * states + s]!, t--) path[t] = idOf[s]!;
  return { path, logProbability };
}

/** Scores of the last frame, and how many states back each state of each frame came from. */
function walk(
  logProbabilities: ArrayLike<number>,
  { frames, symbols, idOf }: { readonly frames: number; readonly symbols: number; readonly idOf: Int32Array },
): { readonly steps: Uint8Array; readonly best: Float64Array } {
  const states = idOf.length;
  const skips = Uint8Array.from(idOf, (id, s) => (s > 2 && s % 2 === 1 && id !== idOf[s - 2] ? 1 : 0));
  const steps = new Uint8Array(frames * states);
  const best = new Float64Array(states).fill(-Infinity);
  // Before the first frame: the first blank alone, which leads to itself and to the first label.
  best[0] = 0;
  for (let t = 0; t < frames; t++) {
    // From the last state on, since a state reads itself and earlier ones of the frame before; later states cannot be reached yet.
    for (let s = Math.min(states, 2 * t + 2) - 1; s >= 0; s--) {
      let most = best[s]!;
      let step = 0;
      if (s > 0 && best[s - 1]! > most) {
        most = best[s - 1]!;
        step = 1;
      }
      if (skips[s] === 1 && best[s - 2]! > most) {
        most = best[s - 2]!;
        step = 2;
      }
      best[s] = most + logProbabilities[t * symbols + idOf[s]!]!;
      steps[t * states + s] = step;
    }
  }
  return { steps, best };
}
