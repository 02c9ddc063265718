const crossings = 8;
const steps = 512;
const table = windowedSinc();

/** sinc(t)·(½ + ½·cos(πt / crossings)) for t = i / steps */
function windowedSinc(): Float32Array {
  return Float32Array.from({ length: crossings * steps + 2 }, (_, i) => {
    const t = i / steps;
    if (t >= crossings) return 0;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * t) / crossings);
    return t === 0 ? 1 : (window * Math.sin(Math.PI * t)) / (Math.PI * t);
  });
}

/**
 * Sound played faster: y[n] = x(n·factor), so that it lasts 1 / factor as long and its pitch rises by the factor. Between samples a
 * windowed sinc of 8 crossings a side interpolates, and takes away what would be above half the sample rate.
 *
 * @param factor - above 0
 */
export function changeSpeed(samples: Float32Array, factor: number): Float32Array {
  const output = new Float32Array(Math.max(1, Math.round(samples.length / factor)));
  const cutoff = Math.min(1, 1 / factor);
  const reach = crossings / cutoff;
  const scale = cutoff * steps;
  for (let n = 0; n < output.length; n++) {
    const position = n * factor;
    const first = Math.max(0, Math.ceil(position - reach));
    const last = Math.min(samples.length - 1, Math.floor(position + reach));
    let sum = 0;
    for (let k = first; k <= last; k++) {
      const place = Math.abs(position - k) * scale;
      const i = place | 0;
      const left = table[i]!;
      sum += samples[k]! * (left + (place - i) * (table[i + 1]! - left));
    }
    output[n] = sum * cutoff;
  }
  return output;
}
