import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';

/** The size of each named axis, in order; `'any'` leaves an axis free: `{ time: 'any', batch: 20, inputSize: 200 }`. */
export type Axes = Readonly<Record<string, number | 'any'>>;

/**
 * Checks rank and sizes at the edge of a public function.
 *
 * @param name - the argument's name, for the message
 * @throws {ShapeError} `shape/mismatch`: `lengths must be [batch] = [32], got [31]`
 */
export function assertShape(name: string, tensor: Pick<TensorInfo, 'shape'>, axes: Axes): void {
  const names = Object.keys(axes);
  const { shape } = tensor;
  const fits =
    shape.length === names.length && names.every((axis, i) => axes[axis] === 'any' || axes[axis] === shape[i]);
  if (fits) return;
  const sizes = names.map((axis) => (axes[axis] === 'any' ? '*' : axes[axis]));
  throw new ShapeError(
    'shape/mismatch',
    `${name} must be [${names.join(', ')}] = [${sizes.join(', ')}], got [${shape.join(', ')}]`,
  );
}

/** @throws {ShapeError} `shape/type` if the tensor holds another type of numbers */
export function assertType(name: string, tensor: Pick<TensorInfo, 'dtype'>, dtype: DataType): void {
  if (tensor.dtype !== dtype) throw new ShapeError('shape/type', `${name} must be ${dtype}, got ${tensor.dtype}`);
}
