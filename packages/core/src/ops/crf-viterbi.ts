import * as tf from '@tensorflow/tfjs-core';
import { ConfigError } from '../errors.js';
import { latticesOf, toCrfArrays, type Lattice } from './crf-lattice.js';
import { checkCrfTensors, type CrfTensors } from './crf-tensors.js';
import { hasKernel } from './has-kernel.js';
import { CrfViterbi } from './kernel-names.js';
import { countPath } from './path-counts.js';

export interface CrfViterbiOptions {
  /** N, rows of tags to find for each sequence; 1 unless set */
  readonly nBest?: number | undefined;
}

export interface CrfViterbiResult {
  /** int32 `[N, time, batch]`, best first; 0 past a sequence's length and where there is no such row */
  readonly tags: tf.Tensor3D;
  /** `[N, batch]`, in nats; −∞ where a sequence has fewer permitted rows */
  readonly scores: tf.Tensor2D;
}

/**
 * The N rows of tags with the highest scores, exactly: at each step the N best rows that end with each tag.
 *
 *   δ₀(j) = start(j) + e₀(j)      δ_t(j) = e_t(j) + maxᵢ (δ_{t−1}(i) + T(i, j))      score = maxⱼ (δ_{L−1}(j) + end(j))
 *
 * Of rows with the same score that whose last tag has the lowest id comes first, then that with the lowest one before, and so
 * on. Length 0 has one row, without tags, of score 0. p(row | emissions) = exp(score − ln Z), ln Z of `crfForwardBackward`; of
 * long sequences `crfLogLikelihood` of the row is more exact, since it subtracts before it rounds to float32.
 *
 * @returns both without a gradient; the caller owns them
 * @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a length that does not fit
 * @throws {ConfigError} `config/n-best` unless `nBest` is a whole number from 1 to 1000
 *
 * @see Forney 1973; N rows: Schwartz & Chow 1990
 */
export function crfViterbi(tensors: CrfTensors, { nBest = 1 }: CrfViterbiOptions = {}): CrfViterbiResult {
  checkCrfTensors(tensors);
  if (!(Number.isInteger(nBest) && nBest >= 1 && nBest <= 1000)) {
    throw new ConfigError('config/n-best', `nBest must be a whole number from 1 to 1000, got ${nBest}`);
  }
  const fused = hasKernel(CrfViterbi);
  countPath(CrfViterbi, fused ? 'fused' : 'steps');
  if (!fused) return readableViterbi(tensors, nBest);
  const { emissions, transitions, start, end, lengths } = tensors;
  const inputs = { emissions, transitions, start, end, lengths };
  const [tags, scores] = tf.engine().runKernel<tf.Tensor[]>(CrfViterbi, inputs, { nBest });
  return { tags: tags as tf.Tensor3D, scores: scores as tf.Tensor2D };
}

/** A row of tags up to some step: its last tag, and the row before. */
interface PartialRow {
  readonly tag: number;
  readonly score: number;
  readonly before: PartialRow | undefined;
}

/** The readable path: what the kernel must equal, to the bit. */
function readableViterbi(tensors: CrfTensors, nBest: number): CrfViterbiResult {
  const arrays = toCrfArrays(tensors);
  const { timeSteps, batchSize } = arrays;
  const tags = new Int32Array(nBest * timeSteps * batchSize);
  const scores = new Float32Array(nBest * batchSize).fill(-Infinity);
  latticesOf(arrays).forEach((lattice, b) => {
    bestRows(lattice, nBest).forEach((best, n) => {
      scores[n * batchSize + b] = best.score;
      let row: PartialRow | undefined = best;
      for (let t = lattice.length - 1; t >= 0; t--, row = row?.before) {
        tags[(n * timeSteps + t) * batchSize + b] = row!.tag;
      }
    });
  });
  return {
    tags: tf.tensor3d(tags, [nBest, timeSteps, batchSize], 'int32'),
    scores: tf.tensor2d(scores, [nBest, batchSize]),
  };
}

function bestRows({ length, tagCount, emissions, transitions, start, end }: Lattice, nBest: number): PartialRow[] {
  if (length === 0) return [{ tag: 0, score: 0, before: undefined }];
  const all = Array.from({ length: tagCount }, (_, tag) => tag);
  const begin = (tag: number): PartialRow => ({ tag, score: start[tag]! + emissions[tag]!, before: undefined });
  let rows = all.map((tag) => keepBest([begin(tag)], nBest));
  for (let t = 1; t < length; t++) {
    const before = rows.flat();
    rows = all.map((tag) => {
      const reach = ({ score, tag: from }: PartialRow): number => score + transitions[from * tagCount + tag]!;
      const best = keepBest(
        before.map((row) => ({ tag, score: reach(row), before: row })),
        nBest,
      );
      const emission = emissions[t * tagCount + tag]!;
      return emission === -Infinity ? [] : best.map((row) => ({ ...row, score: row.score + emission }));
    });
  }
  const ended = rows.flat().map((row) => ({ ...row, score: row.score + end[row.tag]! }));
  return keepBest(ended, nBest);
}

/** The best permitted ones; of equals the first. */
function keepBest(rows: readonly PartialRow[], count: number): PartialRow[] {
  return rows
    .filter(({ score }) => score > -Infinity)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, count);
}
