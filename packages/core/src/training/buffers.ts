import * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from '../tensors/parameters.js';
import type { Task } from './task.js';

/** Values of a task's buffers, by name. */
export type BufferValues = Readonly<Record<string, tf.Tensor>>;

/** All that a model consists of: what is saved, resumed and averaged. */
export function modelVariables<Batch>({ parameters, buffers }: Task<Batch>): Parameters {
  return { ...parameters, ...buffers };
}

/** The values of now under handles of their own, which a later assignment does not change; the caller owns them. */
export function keepBuffers(buffers: BufferValues | undefined): BufferValues {
  return Object.fromEntries(Object.entries(buffers ?? {}).map(([name, tensor]) => [name, tf.keep(tensor.clone())]));
}

/** Gives the task's buffers new values, which the caller disposes. */
export function assignBuffers<Batch>({ buffers = {} }: Task<Batch>, values: BufferValues): void {
  for (const [name, value] of Object.entries(values)) buffers[name]!.assign(value);
}
