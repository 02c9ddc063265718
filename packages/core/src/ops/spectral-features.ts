import * as tf from '@tensorflow/tfjs-core';
import { fourierTransform } from './fourier.js';
import { hasKernel } from './has-kernel.js';
import { countPath } from './path-counts.js';
import { SpectralFeatures, type SpectralFrames, type SpectralPlan } from './spectral-plan.js';

/**
 * Frames of sound to logarithms of filtered power, in float64 inside.
 *
 *   x = scale · samples of the frame        x ← x − mean(x)      energy = Σ xᵢ²
 *   yᵢ = xᵢ − a·xᵢ₋₁, y₀ = x₀ − a·x₀          P_k = |Σᵢ windowᵢ · yᵢ · e^(−2πik·i/fftSize)|²
 *   out_m = factor · ln max(floor, Σ_k weight_mk · P_k)
 *
 * Each frame depends on its own samples alone, to the bit: how many frames are asked for at once changes nothing.
 *
 * @param samples - what is outside of them counts as 0
 * @returns `[frames, columns]`: with `energyScale` first factor · ln max(floor, energyScale · energy), then one number a filter
 */
export function spectralFeatures(samples: Float32Array, plan: SpectralPlan, frames: SpectralFrames): Float32Array {
  if (frames.count === 0) return new Float32Array(0);
  if (hasKernel(SpectralFeatures)) {
    countPath(SpectralFeatures, 'fused');
    // No tidy: it would walk through every number of an array that it returns.
    const input = tf.tensor1d(samples);
    const output = tf.engine().runKernel<tf.Tensor>(SpectralFeatures, { samples: input }, { plan, frames } as never);
    try {
      return output.dataSync<'float32'>();
    } finally {
      tf.dispose([input, output]);
    }
  }
  countPath(SpectralFeatures, 'steps');
  const columns = spectralColumns(plan);
  const features = new Float32Array(frames.count * columns);
  for (let k = 0; k < frames.count; k++) {
    const start = frames.first + k * plan.hopLength;
    features.set(
      frameFeatures(
        Float64Array.from(plan.window, (_, i) => samples[start + i] ?? 0),
        plan,
      ),
      k * columns,
    );
  }
  return features;
}

/** How many numbers a frame has. */
export function spectralColumns({ filterRanges, energyScale }: SpectralPlan): number {
  return filterRanges.length / 2 + (energyScale > 0 ? 1 : 0);
}

function frameFeatures(samples: Float64Array, plan: SpectralPlan): number[] {
  const { window, scale, removeMean, preEmphasis, fftSize, table, energyScale } = plan;
  const scaled = samples.map((sample) => sample * scale);
  const mean = removeMean ? sum(scaled) / scaled.length : 0;
  const x = scaled.map((value) => value - mean);
  const logarithm = (value: number): number => plan.factor * Math.log(Math.max(plan.floor, value));
  const energy = energyScale > 0 ? [logarithm(energyScale * sum(x.map((value) => value * value)))] : [];
  const complex = new Float64Array(2 * fftSize);
  x.forEach((value, i) => {
    complex[2 * i] = window[i]! * (value - preEmphasis * x[Math.max(0, i - 1)]!);
  });
  const spectrum = fourierTransform(complex, table);
  const power = (bin: number): number => spectrum[2 * bin]! ** 2 + spectrum[2 * bin + 1]! ** 2;
  let next = 0;
  const filtered = Array.from({ length: plan.filterRanges.length / 2 }, (_, m) => {
    const [first, count] = [plan.filterRanges[2 * m]!, plan.filterRanges[2 * m + 1]!];
    let value = 0;
    for (let bin = first; bin < first + count; bin++) value += plan.filterWeights[next++]! * power(bin);
    return logarithm(value);
  });
  return [...energy, ...filtered];
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
