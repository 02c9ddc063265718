import { fourierTable, pathCounts, SpectralFeatures, spectralFeatures, type SpectralPlan } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { computeOn, irregular } from './support.js';

interface Case {
  readonly fftSize: number;
  readonly frameLength: number;
  readonly hopLength: number;
  readonly frames: number;
  readonly first: number;
  readonly energyScale: number;
}

function planOf({ fftSize, frameLength, hopLength, energyScale }: Case): SpectralPlan {
  const wave = (count: number, seed: number) =>
    Float64Array.from({ length: count }, (_, i) => 0.6 + 0.4 * Math.sin(seed + 1.7 * i));
  const bins = fftSize / 2 + 1;
  // Beside each other, over the edge of the vectors, of one bin, of none, of all.
  const filterRanges = Int32Array.of(0, 2, 1, Math.min(5, bins - 1), bins - 1, 1, 0, 0, 0, bins);
  const weights = filterRanges.reduce((sum, value, i) => sum + (i % 2) * value, 0);
  return {
    hopLength,
    fftSize,
    table: fourierTable(fftSize),
    window: wave(frameLength, 2),
    scale: 3,
    removeMean: fftSize % 4 === 0,
    preEmphasis: 0.9,
    filterRanges,
    filterWeights: wave(weights, 3),
    floor: 1e-8,
    factor: 4,
    energyScale,
  };
}

it.each<Case>([
  { fftSize: 512, frameLength: 400, hopLength: 160, frames: 37, first: 0, energyScale: 1 },
  { fftSize: 400, frameLength: 400, hopLength: 37, frames: 9, first: -200, energyScale: 0 },
  { fftSize: 42, frameLength: 31, hopLength: 200, frames: 17, first: 11, energyScale: 0.2 },
  { fftSize: 4, frameLength: 3, hopLength: 1, frames: 300, first: -100, energyScale: 0 },
])('spectral features are those of the readable path: %j', (entry) => {
  const plan = planOf(entry);
  const samples = Float32Array.from(irregular([3001], 5, 0.4).dataSync());
  const before = { ...pathCounts(SpectralFeatures) };
  const compute = () => tf.tensor1d(spectralFeatures(samples, plan, { first: entry.first, count: entry.frames }));
  const [expected] = computeOn('cpu', compute);
  const tensors = tf.memory().numTensors;
  const [actual] = computeOn('native', compute);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(pathCounts(SpectralFeatures)).toEqual({ fused: before.fused + 1, steps: before.steps + 1 });
  expect(actual!.values).toHaveLength(entry.frames * (5 + (entry.energyScale > 0 ? 1 : 0)));
  // One rounding to float32 of what float64 gives.
  actual!.values.forEach((value, i) => {
    const difference = Math.abs(value - expected!.values[i]!);
    expect(difference, `number ${i}`).toBeLessThanOrEqual(1e-6 + 2e-7 * Math.abs(value));
  });
});
