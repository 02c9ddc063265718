import type { FeatureConfig } from '../config.js';

/**
 * Logarithms of mel filters to cepstral coefficients, frame by frame.
 *
 *   c_k = liftₖ · √(2 / M) · Σₘ x_m · cos(π k (m + ½) / M)      c₀ with √(1 / M)
 *   liftₖ = 1 + (L / 2) · sin(π k′ / L)      k′ = k of kaldi, k + 1 of librosa; 1 where L = `lifter` is 0
 *
 * @returns a function of `[frame, mels]`, with the energy's column before them where there is one, which stays first (librosa) or takes
 *   the place of c₀ (kaldi)
 */
export function createCepstrum(config: FeatureConfig): { size: number; apply(frames: Float32Array): Float32Array } {
  const { mels, coefficients, energy, convention } = config;
  const matrix = cepstralMatrix(config);
  const before = energy ? 1 : 0;
  const beside = energy && convention === 'librosa' ? 1 : 0;
  const size = coefficients + beside;
  const apply = (frames: Float32Array): Float32Array => {
    const count = frames.length / (mels + before);
    const result = new Float32Array(count * size);
    for (let t = 0; t < count; t++) {
      const [from, to] = [t * (mels + before), t * size];
      for (let k = 0; k < coefficients; k++) {
        let sum = 0;
        for (let m = 0; m < mels; m++) sum += matrix[k * mels + m]! * frames[from + before + m]!;
        result[to + beside + k] = sum;
      }
      if (energy) result[to] = frames[from]!;
    }
    return result;
  };
  return { size, apply };
}

function cepstralMatrix({ mels, coefficients, lifter, convention }: FeatureConfig): Float64Array {
  const shift = convention === 'librosa' ? 1 : 0;
  return Float64Array.from({ length: coefficients * mels }, (_, i) => {
    const [k, m] = [Math.floor(i / mels), i % mels];
    const lift = lifter > 0 ? 1 + (lifter / 2) * Math.sin((Math.PI * (k + shift)) / lifter) : 1;
    return lift * Math.sqrt((k === 0 ? 1 : 2) / mels) * Math.cos((Math.PI * k * (m + 0.5)) / mels);
  });
}
