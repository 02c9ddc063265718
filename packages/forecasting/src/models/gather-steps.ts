import * as tf from '@tensorflow/tfjs-core';

/** Which steps are picked at each place: `[places, width]`. */
export interface StepIndices {
  readonly places: number;
  readonly width: number;
  readonly steps: Int32Array;
}

/**
 * Windows of series: `out[place, row, j] = values[row, steps[place, j]]`, with its gradient. Unlike `tf.gather` and a transposition
 * it writes the result once, and its gradient adds up in order, so that a run gives the same bits again.
 *
 * @param values - `[rows, timeSteps]`
 * @returns `[places, rows, width]`
 */
export function gatherSteps(values: tf.Tensor2D, { places, width, steps }: StepIndices): tf.Tensor3D {
  const [rows, timeSteps] = values.shape;
  const gather = tf.customGrad((input) => {
    const source = (input as tf.Tensor).dataSync() as Float32Array;
    const out = new Float32Array(places * rows * width);
    let at = 0;
    for (let place = 0; place < places; place++) {
      for (let row = 0; row < rows; row++) {
        for (let j = 0; j < width; j++, at++) {
          out[at] = source[row * timeSteps + steps[place * width + j]!]!;
        }
      }
    }
    const gradFunc = (dOut: tf.Tensor) => {
      const gradient = new Float64Array(rows * timeSteps);
      const d = dOut.dataSync() as Float32Array;
      let from = 0;
      for (let place = 0; place < places; place++) {
        for (let row = 0; row < rows; row++) {
          for (let j = 0; j < width; j++, from++) {
            const step = row * timeSteps + steps[place * width + j]!;
            gradient[step] = gradient[step]! + d[from]!;
          }
        }
      }
      return tf.tensor2d(Float32Array.from(gradient), [rows, timeSteps]);
    };
    return { value: tf.tensor3d(out, [places, rows, width]), gradFunc };
  });
  return gather(values);
}
