import { expect, it } from 'vitest';
import { describeTensorFlow } from './doctor-tensorflow.js';

const ready = {
  status: 'ready',
  package: '@tensorflow/tfjs-node-gpu',
  version: '2.21.0',
  gpu: false,
  binding: '/p/tfjs_binding.node',
  library: '/t/libtensorflow_cc.so.2',
} as const;
const gpus = [{ name: 'NVIDIA H200', totalMiB: 143771, freeMiB: 71885 }];

it('of a missing TensorFlow: why, and what to type', () => {
  const state = { status: 'missing', cause: 'no-binding', reason: 'not built', hint: 'run the set-up' } as const;
  expect(describeTensorFlow({ state, fusedKernels: [] }, [])).toEqual({
    status: 'missing: not built',
    GPU: 'none found (nvidia-smi lists none)',
    next: 'run the set-up',
  });
});

it('of one on the CPU: what it is made of, and which fused kernels it has', () => {
  const rows = describeTensorFlow({ state: ready, fusedKernels: ['LstmSequence', 'OptimizerStep'] }, []);
  expect(rows).toMatchObject({
    status: 'ready',
    version: '2.21.0, computes on the CPU',
    library: '/t/libtensorflow_cc.so.2',
    next: 'train with it: --engine tensorflow',
  });
  expect(rows['fused kernels']).toMatch(/^2 of \d+: LstmSequence, OptimizerStep$/);
});

it('of one that does not use the GPU there is: how to get one that does', () => {
  const rows = describeTensorFlow({ state: ready, fusedKernels: [] }, gpus);
  expect(rows['GPU']).toBe('NVIDIA H200, 140.4 GiB, 70.2 GiB free');
  expect(rows['next']).toMatch(
    /^TensorFlow does not use the GPU: pip install 'tensorflow\[and-cuda\]', then run `npx unroll-/,
  );
  const used = describeTensorFlow({ state: { ...ready, gpu: true }, fusedKernels: [] }, gpus);
  expect(used).toMatchObject({ version: '2.21.0, computes on a GPU', next: 'train with it: --engine tensorflow' });
});
