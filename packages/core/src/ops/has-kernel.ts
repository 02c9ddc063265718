import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.js';

/** Whether the current backend implements a kernel; the names are in kernel-names.ts. */
export function hasKernel(name: string): boolean {
  tf.backend(); // tfjs chooses its backend lazily, and names none before
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** @throws {BackendError} `backend/no-kernel` if the current backend lacks it */
export function requireKernel(name: string): void {
  if (hasKernel(name)) return;
  throw new BackendError(
    'backend/no-kernel',
    `the "${tf.getBackend()}" engine has no kernel ${name}; ask hasKernel('${name}') first, or choose the native engine`,
  );
}
