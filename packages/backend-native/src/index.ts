import * as tf from '@tensorflow/tfjs-core';
import { NativeBackend } from './backend.js';
import { backendName, registerKernels } from './kernel.js';
import { nativeEngineState } from './native.js';
import { nativeKernels } from './register-kernels.js';

export * from './base.js';

/** Above tfjs' own backends, so that `tf.ready()` chooses this one. */
const priority = 10;

// Without a working binary nothing is registered: `nativeEngineState()` says why, and tfjs' other backends stay usable.
if (nativeEngineState().status === 'ready' && tf.findBackendFactory(backendName) === null) {
  registerKernels(nativeKernels);
  tf.registerBackend(backendName, () => new NativeBackend(), priority);
}
