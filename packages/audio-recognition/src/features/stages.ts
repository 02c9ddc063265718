import { concatenate } from '../audio/resample.js';
import type { FeatureStream } from '../types.js';

/** Columns of two streams beside each other; frames of the faster one wait. Both give as many frames in the end. */
export function beside(left: FeatureStream, right: FeatureStream, sizes: readonly [number, number]): FeatureStream {
  const [leftSize, rightSize] = sizes;
  let leftFrames = new Float32Array(0);
  let rightFrames = new Float32Array(0);
  const join = (nextLeft: Float32Array, nextRight: Float32Array): Float32Array => {
    leftFrames = concatenate([leftFrames, nextLeft]);
    rightFrames = concatenate([rightFrames, nextRight]);
    const count = Math.min(leftFrames.length / leftSize, rightFrames.length / rightSize);
    const output = new Float32Array(count * (leftSize + rightSize));
    for (let t = 0; t < count; t++) {
      const at = t * (leftSize + rightSize);
      output.set(leftFrames.subarray(t * leftSize, (t + 1) * leftSize), at);
      output.set(rightFrames.subarray(t * rightSize, (t + 1) * rightSize), at + leftSize);
    }
    leftFrames = leftFrames.slice(count * leftSize);
    rightFrames = rightFrames.slice(count * rightSize);
    return output;
  };
  return {
    push: (samples) => join(left.push(samples), right.push(samples)),
    end: () => join(left.end(), right.end()),
  };
}

/** What `second` makes of what `first` gives. */
export function inSequence(first: FeatureStream, second: FeatureStream): FeatureStream {
  return {
    push: (values) => second.push(first.push(values)),
    end: () => {
      const pushed = second.push(first.end());
      return concatenate([pushed, second.end()]);
    },
  };
}
