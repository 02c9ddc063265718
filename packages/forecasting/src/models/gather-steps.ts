import * as tf from '@tensorflow/tfjs-core';

/** Which steps are picked at each place: `[places, width]`. */
export interface StepIndices {
  readonly places: number;
  readonly width: number;
  readonly steps: Int32Array;
}

/**
 * Windows of series: `out[place, row, j] = values[row, steps[place, j]]`, with its gradient. Unlike `tf.gather` and a
 * transposition it writes the result once and copies what is consecutive as a whole, and its gradient adds up in order, so
 * that a run gives the same bits again.
 *
 * @param values - `[rows, timeSteps]`
 * @returns `[places, rows, width]`
 */
export function gatherSteps(values: tf.Tensor2D, indices: StepIndices): tf.Tensor3D {
  const [rows, timeSteps] = values.shape;
  const { places, width } = indices;
  const gather = tf.customGrad((input) => {
    const source = (input as tf.Tensor).dataSync() as Float32Array;
    const picked = pick(source, { rows, timeSteps, ...indices });
    const gradFunc = (dOut: tf.Tensor) => {
      const gradient = addUp(dOut.dataSync() as Float32Array, { rows, timeSteps, ...indices });
      return tf.tensor2d(gradient, [rows, timeSteps]);
    };
    return { value: tf.tensor3d(picked, [places, rows, width]), gradFunc };
  });
  return gather(values);
}

interface Sizes extends StepIndices {
  readonly rows: number;
  readonly timeSteps: number;
}

function pick(source: Float32Array, { rows, timeSteps, places, width, steps }: Sizes): Float32Array {
  const out = new Float32Array(places * rows * width);
  let at = 0;
  for (let place = 0; place < places; place++) {
    const own = steps.subarray(place * width, (place + 1) * width);
    const consecutive = isConsecutive(own);
    for (let row = 0; row < rows; row++, at += width) {
      const first = row * timeSteps;
      if (consecutive) out.set(source.subarray(first + own[0]!, first + own[0]! + width), at);
      else for (let j = 0; j < width; j++) out[at + j] = source[first + own[j]!]!;
    }
  }
  return out;
}

function addUp(dOut: Float32Array, { rows, timeSteps, places, width, steps }: Sizes): Float32Array {
  const gradient = new Float64Array(rows * timeSteps);
  let from = 0;
  for (let place = 0; place < places; place++) {
    const own = steps.subarray(place * width, (place + 1) * width);
    const consecutive = isConsecutive(own);
    for (let row = 0; row < rows; row++, from += width) {
      const first = row * timeSteps;
      if (consecutive) {
        const start = first + own[0]!;
        for (let j = 0; j < width; j++) gradient[start + j]! += dOut[from + j]!;
      } else {
        for (let j = 0; j < width; j++) gradient[first + own[j]!]! += dOut[from + j]!;
      }
    }
  }
  return Float32Array.from(gradient);
}

function isConsecutive(steps: Int32Array): boolean {
  for (let j = 1; j < steps.length; j++) if (steps[j] !== steps[0]! + j) return false;
  return true;
}
