import type { TensorFlowReport } from '@unroll/backend-tensorflow/probe';
import { fusedKernelNames } from '@unroll/core';
import type { Gpu } from '../gpus.js';

/** What `doctor` shows of TensorFlow: names and values, the last of them what to type next. */
export function describeTensorFlow(
  { state, fusedKernels }: TensorFlowReport,
  gpus: readonly Gpu[],
): Record<string, string> {
  const devices = describeGpus(gpus);
  if (state.status === 'missing') return { status: `missing: ${state.reason}`, ...devices, next: state.hint };
  return {
    status: 'ready',
    version: `${state.version}, computes on ${state.gpu ? 'a GPU' : 'the CPU'}`,
    package: state.package,
    binary: state.binding,
    library: state.library,
    ...devices,
    'fused kernels': `${fusedKernels.length} of ${fusedKernelNames.length}: ${fusedKernels.join(', ') || 'none'}`,
    next: nextStep(state.gpu, gpus),
  };
}

function describeGpus(gpus: readonly Gpu[]): Record<string, string> {
  if (gpus.length === 0) return { GPU: 'none found (nvidia-smi lists none)' };
  const names = gpus.map(
    ({ name, totalMiB, freeMiB }) => `${name}, ${gibibytes(totalMiB)}, ${gibibytes(freeMiB)} free`,
  );
  return { GPU: names.join('; ') };
}

function nextStep(usesGpu: boolean, gpus: readonly Gpu[]): string {
  if (usesGpu || gpus.length === 0) return 'train with it: --engine tensorflow';
  return `TensorFlow does not use the GPU: pip install 'tensorflow[and-cuda]', then run \`npx unroll-tensorflow-setup\`, in a clone of unroll \`pnpm run tensorflow:setup\``;
}

function gibibytes(mebibytes: number): string {
  return `${(mebibytes / 1024).toFixed(1)} GiB`;
}
