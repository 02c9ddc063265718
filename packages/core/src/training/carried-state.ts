import * as tf from '@tensorflow/tfjs-core';
import type { CarriedState } from './task.js';

/** The same values under handles that outlive the surrounding `tf.tidy`, and that no gradient reaches. */
export function keepState(state: CarriedState | undefined): CarriedState | undefined {
  return state && Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, tf.keep(tensor.clone())]));
}

export function disposeState(state: CarriedState | undefined): void {
  if (state) tf.dispose(Object.values(state));
}
