/** Pitch is sought in sound of this rate, in hertz … */
export const pitchRate = 4000;
/** … that holds nothing above 0.45 of this one, so that a parabola through three correlations is close to what lies between them. */
export const pitchBand = 2000;
/** Periods that are sought, in samples: 400 Hz down to 50 Hz. */
export const shortestLag = 10;
export const longestLag = 80;
/** 25 ms that are compared with what comes a lag later. */
const windowLength = 100;
/** Samples of a frame: one lag more than is sought at the end, for a parabola. */
export const correlationSpan = windowLength + longestLag + 1;
/** Energy that a window has at least, of samples at −60 dB: in silence nothing correlates. */
const ballast = windowLength * 1e-6;

/**
 * Normalised cross-correlation of a window with itself a lag later, the mean of both removed.
 *
 *   φ(l) = Σₙ x_n x_{n+l} / √((Σₙ x_n² + b) · (Σₙ x_{n+l}² + b))      n of 0 … 99, l of 9 … 81
 *
 * @param samples - `correlationSpan` of them at `pitchRate`
 * @returns φ of lags `shortestLag` − 1 … `longestLag` + 1, in −1 … 1
 *
 * @see Talkin 1995, "A robust algorithm for pitch tracking"
 */
export function lagCorrelations(samples: Float32Array): Float64Array {
  let sum = 0;
  for (const value of samples) sum += value;
  const x = new Float64Array(samples);
  for (let n = 0; n < x.length; n++) x[n]! -= sum / x.length;
  const energyFrom = runningEnergies(x);
  const result = new Float64Array(longestLag - shortestLag + 3);
  for (let i = 0; i < result.length; i++) {
    const lag = shortestLag - 1 + i;
    let product = 0;
    for (let n = 0; n < windowLength; n++) product += x[n]! * x[n + lag]!;
    result[i] = product / Math.sqrt((energyFrom[0]! + ballast) * (energyFrom[lag]! + ballast));
  }
  return result;
}

/** Of the windows that begin at 0, 1, 2 … */
function runningEnergies(x: Float64Array): Float64Array {
  const energies = new Float64Array(x.length - windowLength + 1);
  let energy = 0;
  for (let n = 0; n < windowLength; n++) energy += x[n]! ** 2;
  energies[0] = energy;
  for (let i = 1; i < energies.length; i++) {
    energy += x[i + windowLength - 1]! ** 2 - x[i - 1]! ** 2;
    energies[i] = Math.max(0, energy);
  }
  return energies;
}
