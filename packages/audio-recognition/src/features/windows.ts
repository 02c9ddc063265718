import type { FeatureConfig } from '../config.js';

type WindowName = Exclude<FeatureConfig['window'], 'auto'>;

const shapes: Readonly<Record<WindowName, (angle: number) => number>> = {
  rectangular: () => 1,
  hann: (angle) => 0.5 - 0.5 * Math.cos(angle),
  hamming: (angle) => 0.54 - 0.46 * Math.cos(angle),
  blackman: (angle) => 0.42 - 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle),
  povey: (angle) => (0.5 - 0.5 * Math.cos(angle)) ** 0.85,
};

/**
 * w(2πi / N) for i of 0 … length − 1. A periodic window, librosa's, has N = length, so that its repetitions join; a symmetric one,
 * Kaldi's, N = length − 1, so that it ends as it begins.
 */
export function windowValues(
  name: WindowName,
  length: number,
  { periodic }: { readonly periodic: boolean },
): Float64Array {
  const period = Math.max(1, periodic ? length : length - 1);
  return Float64Array.from({ length }, (_, i) => shapes[name]((2 * Math.PI * i) / period));
}
