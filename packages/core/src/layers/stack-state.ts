import type * as tf from '@tensorflow/tfjs-core';
import type { CellState } from '../cells/cell.js';
import { ShapeError } from '../errors.js';

export type LayerState = { readonly forward: CellState; readonly backward?: CellState };

/** One entry for each layer of a stack. */
export type StackState = readonly LayerState[];

/** `[{ forward: { h, c } }]` to `{ 'layers.0.forward.h': …, 'layers.0.forward.c': … }`: the same tensors by name. */
export function stateToRecord(state: StackState): Record<string, tf.Tensor2D> {
  const record: Record<string, tf.Tensor2D> = {};
  for (const [layer, directions] of state.entries()) {
    for (const [direction, cell] of Object.entries(directions)) {
      for (const [name, tensor] of Object.entries(cell)) record[`layers.${layer}.${direction}.${name}`] = tensor;
    }
  }
  return record;
}

/**
 * The inverse of `stateToRecord`; names that are no state of a stack are left out, so that a model can carry more.
 *
 * @throws {ShapeError} `shape/layers` if a layer between two others is missing
 */
export function stateFromRecord(record: Readonly<Record<string, tf.Tensor>>): StackState {
  const layers: Record<string, Record<string, tf.Tensor>>[] = [];
  for (const [path, tensor] of Object.entries(record)) {
    const match = /^layers\.(\d+)\.(forward|backward)\.(h|c)$/.exec(path);
    if (!match) continue;
    const [, layer, direction, name] = match as unknown as [string, string, string, string];
    ((layers[Number(layer)] ??= {})[direction] ??= {})[name] = tensor;
  }
  for (let layer = 0; layer < layers.length; layer++) {
    if (!layers[layer]?.['forward']?.['h'])
      throw new ShapeError('shape/layers', `the state of layer ${layer} is missing`);
  }
  return layers as unknown as StackState;
}
