import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellState } from '../cells/cell.js';
import { ConfigError } from '../errors.js';
import { unroll } from './unroll.js';

/**
 * A cell whose state comes from `dilation` steps ago instead of the last step:
 *
 *   h_t = cell(x_t, h_{t−d}),   h_t = 0 for t < 0
 *
 * Steps t, t + d, t + 2d, … never meet those between them, so they are d sequences that stand side by side: `[time, batch, …]`
 * is `[time/d, d·batch, …]` in the same order of memory, and one fused walk of time/d steps.
 *
 * @param input - `[time, batch, inputSize]`
 * @returns `[time, batch, hiddenSize]`
 * @throws {ConfigError} `config/dilation` for less than one step
 * @throws {ShapeError} as `unroll` does
 *
 * @see Chang et al. 2017, "Dilated recurrent neural networks"
 */
export function dilatedUnroll<State extends CellState>(
  cell: Cell<State>,
  input: tf.Tensor3D,
  dilation: number,
): tf.Tensor3D {
  if (!(Number.isInteger(dilation) && dilation >= 1)) {
    throw new ConfigError('config/dilation', `a dilation is a whole number of steps of at least 1, got ${dilation}`);
  }
  const [time, batch, inputSize] = input.shape;
  const steps = Math.ceil(time / dilation);
  const padding = steps * dilation - time;
  return tf.tidy(() => {
    const padded = padding === 0 ? input : tf.concat([input, tf.zeros([padding, batch, inputSize])], 0);
    const sideBySide: tf.Tensor3D = tf.reshape(padded, [steps, dilation * batch, inputSize]);
    const { output } = unroll(cell, sideBySide);
    const inOrder: tf.Tensor3D = tf.reshape(output, [steps * dilation, batch, cell.hiddenSize]);
    return padding === 0 ? inOrder : tf.slice(inOrder, [0, 0, 0], [time, batch, cell.hiddenSize]);
  });
}
