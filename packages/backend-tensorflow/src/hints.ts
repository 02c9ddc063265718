import type { MissingCause } from './state.js';

const setup = 'run `npx unroll-tensorflow-setup`, in a clone of unroll `pnpm run tensorflow:setup`';

/** What to type, for each reason why TensorFlow cannot compute. */
export const hints: Readonly<Record<MissingCause, string>> = {
  'not-installed': `install it without its own slow set-up: npm install --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0; then ${setup}`,
  'no-binding': `to build it ${setup}`,
  'no-libtensorflow': `to build it for a TensorFlow that is there ${setup}`,
  'no-cuda': `for a TensorFlow that brings CUDA: pip install 'tensorflow[and-cuda]', for one without: pip install tensorflow-cpu; then ${setup}`,
  'other-tensorflow': `to build it again for the TensorFlow that is there ${setup}`,
  'does-not-load': `to build it on this machine ${setup}`,
  broken: `install it again, then ${setup}`,
};
