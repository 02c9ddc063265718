import { spectralFeatures } from '@unroll/core';
import { concatenate } from '../audio/resample.js';
import type { FeatureStream } from '../types.js';
import type { FramePlan } from './spectral-plan.js';

/** Sound to frames of filtered power; keeps the samples that later frames need. */
export function createSpectralStage(plan: FramePlan): FeatureStream {
  const { window, hopLength, offset } = plan;
  let samples = new Float32Array(0);
  /** place of samples[0] in the stream */
  let first = 0;
  let frames = 0;
  const compute = (until: number): Float32Array => {
    const start = frames * hopLength + offset;
    const result = spectralFeatures(samples, plan, { first: start - first, count: until - frames });
    frames = until;
    return result;
  };
  return {
    push(piece) {
      const received = first + samples.length + piece.length;
      samples = concatenate([samples, piece]);
      const complete = Math.floor((received - window.length - offset) / hopLength) + 1;
      if (complete <= frames) return new Float32Array(0);
      const result = compute(complete);
      const keepFrom = Math.min(received, Math.max(first, frames * hopLength + offset));
      samples = samples.slice(keepFrom - first);
      first = keepFrom;
      return result;
    },
    end: () => {
      const all = plan.frames(first + samples.length);
      return all > frames ? compute(all) : new Float32Array(0);
    },
  };
}
