import type { FeatureConfig } from '../config.js';
import type { FeatureStream } from '../types.js';
import { FrameWindow } from './frame-window.js';

/**
 * Frames t − left … t + right laid beside each other, for t of 0, stride, 2 · stride …; frames at the ends are repeated.
 *
 * @param size - of a frame that comes
 */
export function createSpliceStage({ left, right, stride }: FeatureConfig['splice'], size: number): FeatureStream {
  const frames = new FrameWindow(size);
  const width = size * (left + 1 + right);
  let next = 0;
  const writeUntil = (end: number): Float32Array => {
    const output = new Float32Array(Math.max(0, Math.ceil((end - next) / stride)) * width);
    for (let at = 0; next < end; next += stride) {
      for (let t = next - left; t <= next + right; t++, at += size) {
        const from = frames.at(Math.min(Math.max(t, 0), frames.count - 1));
        output.set(frames.data.subarray(from, from + size), at);
      }
    }
    // The last frame stays: the end repeats it.
    frames.dropBefore(Math.min(next - left, frames.count - 1));
    return output;
  };
  return {
    push(piece) {
      frames.append(piece);
      return writeUntil(frames.count - right);
    },
    end: () => writeUntil(frames.count),
  };
}
