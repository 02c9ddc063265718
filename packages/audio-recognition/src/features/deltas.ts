import type { FeatureConfig } from '../config.js';
import type { FeatureStream } from '../types.js';
import { FrameWindow } from './frame-window.js';

/** Weights over frames t − reach … t + reach. */
interface DifferenceFilter {
  readonly reach: number;
  readonly weights: Float64Array;
}

/**
 * Each frame, its differences in time beside it, and with `deltas` 2 the differences of second order.
 *
 * kaldi (add-deltas): d_t = Σⱼ j · x_{t+j} / Σⱼ j² for j of −N … N; the second order is that filter twice, 2N frames to either side; frames at the
 * ends are repeated. librosa (feature.delta of width 2N + 1): the o-th derivative of a polynomial of degree o through 2N + 1 frames (Savitzky & Golay
 * 1964); the first and last N frames take that of the nearest whole window. A recording shorter than a window is done in kaldi's way at the ends.
 *
 * @param size - of a frame
 */
export function createDeltaStage(
  { convention, deltas, deltaWindow }: Pick<FeatureConfig, 'convention' | 'deltas' | 'deltaWindow'>,
  size: number,
): FeatureStream {
  const filters = differenceFilters(convention, deltas, deltaWindow);
  const lookAhead = Math.max(...filters.map(({ reach }) => reach));
  const wholeWindows = convention === 'librosa';
  const frames = new FrameWindow(size);
  let done = 0;

  const write = (t: number, output: Float32Array, at: number): void => {
    const last = frames.count - 1;
    output.set(frames.data.subarray(frames.at(t), frames.at(t + 1)), at);
    filters.forEach(({ reach, weights }, order) => {
      const center = wholeWindows && last >= 2 * reach ? Math.min(Math.max(t, reach), last - reach) : t;
      const sums = new Float64Array(size);
      weights.forEach((weight, j) => {
        const from = frames.at(Math.min(Math.max(center + j - reach, 0), last));
        for (let i = 0; i < size; i++) sums[i]! += weight * frames.data[from + i]!;
      });
      output.set(sums, at + (order + 1) * size);
    });
  };
  const writeUntil = (end: number): Float32Array => {
    const output = new Float32Array(Math.max(0, end - done) * size * (filters.length + 1));
    for (let at = 0; done < end; done++, at += size * (filters.length + 1)) write(done, output, at);
    frames.dropBefore(done - 2 * lookAhead);
    return output;
  };
  return {
    push(piece) {
      frames.append(piece);
      // The first frames of librosa wait for a whole window, too.
      const complete = frames.count - lookAhead;
      return writeUntil(wholeWindows && frames.count <= 2 * lookAhead ? 0 : complete);
    },
    end: () => writeUntil(frames.count),
  };
}

/** How many frames later than its own a frame comes. */
export function deltaLookAhead({ convention, deltas, deltaWindow }: FeatureConfig): number {
  return convention === 'kaldi' ? deltas * deltaWindow : deltas === 0 ? 0 : deltaWindow;
}

function differenceFilters(convention: FeatureConfig['convention'], deltas: number, reach: number): DifferenceFilter[] {
  const squares = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => (i - reach) ** 2);
  const total = squares.reduce((sum, square) => sum + square, 0);
  const slope = squares.map((_, i) => (i - reach) / total);
  if (deltas === 1) return [{ reach, weights: slope }];
  if (convention === 'kaldi') {
    const twice = new Float64Array(4 * reach + 1);
    slope.forEach((a, i) => slope.forEach((b, j) => (twice[i + j]! += a * b)));
    return [
      { reach, weights: slope },
      { reach: 2 * reach, weights: twice },
    ];
  }
  const mean = total / squares.length;
  const spread = squares.reduce((sum, square) => sum + (square - mean) ** 2, 0);
  const curvature = squares.map((square) => (2 * (square - mean)) / spread);
  return [
    { reach, weights: slope },
    { reach, weights: curvature },
  ];
}
