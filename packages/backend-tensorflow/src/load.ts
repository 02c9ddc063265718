import { createRequire } from 'node:module';

/** Whether TensorFlow can compute here, and if not why and what to do. */
export type TensorFlowEngineState =
  | { status: 'ready'; package: string; version: string; gpu: boolean }
  | { status: 'missing'; reason: string; hint: string };

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
let state: TensorFlowEngineState | undefined;

function load(): TensorFlowEngineState {
  const require = createRequire(import.meta.url);
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const problems: string[] = [];
  for (const name of packages) {
    try {
      const tfjs = require(name) as { backend(): { binding: { TF_Version: string; isUsingGpuDevice(): boolean } } };
      const { binding } = tfjs.backend();
      return { status: 'ready', package: name, version: binding.TF_Version, gpu: binding.isUsingGpuDevice() };
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0]! : String(error)}`);
    }
  }
  return { status: 'missing', reason: problems.join('; '), hint: 'run `pnpm run tensorflow:setup`' };
}

/** Never throws: a caller decides between this engine and another one. */
export function tensorFlowEngineState(): TensorFlowEngineState {
  return (state ??= load());
}
