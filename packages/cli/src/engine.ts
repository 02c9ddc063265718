import type * as NativePackage from '@unroll/backend-native';
import * as tf from '@tensorflow/tfjs-core';
import type { StageSource } from '@unroll/core/profiling';
import { BackendError } from '@unroll/core/errors';
import type { EngineFlags, EngineName, Precision } from './flags.js';
import type { Output } from './output.js';

/** What computes, as chosen: enough to choose the same again. */
export interface Engine {
  readonly name: EngineName;
  readonly precision: Precision;
  /** 0 where the engine does not say */
  readonly threads: number;
  /** for people: `native: oneDNN 2.6.3, avx512, 2 threads, float32` */
  readonly description: string;
  /** of an engine that tells what happens inside its kernels */
  readonly stages?: StageSource;
}

/**
 * Starts the engine that was asked for; without a wish the native one, and plain JavaScript where that is not built,
 * which is told.
 *
 * @throws {BackendError} if the engine that was asked for cannot run here, or not in this precision
 */
export async function startEngine(flags: EngineFlags, output: Output): Promise<Engine> {
  const { engine, precision } = flags;
  if (engine === 'cpu') return startCpu(flags);
  if (engine === 'tensorflow') return startTensorFlow(flags);
  const native = await import('@unroll/backend-native');
  const state = native.nativeEngineState();
  if (state.status === 'ready') return startNative(native, flags);
  if (engine === 'native' || precision === 'bfloat16') {
    throw new BackendError(
      'backend/native-missing',
      `the native engine is not available: ${state.reason}; ${state.hint}`,
    );
  }
  output.log(
    `the native engine cannot run, so plain JavaScript computes, many times slower: ${state.reason}; ${state.hint}`,
  );
  return startCpu(flags);
}

async function startNative(
  native: typeof NativePackage,
  { precision = 'float32', threads = 0 }: EngineFlags,
): Promise<Engine> {
  const info = native.configureNative({ precision, threads });
  await select('native');
  const parts = [
    info.matmul,
    info.instructionSet,
    `${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`,
    info.precision,
  ];
  return {
    name: 'native',
    precision: info.precision,
    threads: info.threads,
    stages: native.nativeStages,
    description: `native: ${parts.join(', ')}`,
  };
}

async function startCpu({ precision, threads }: EngineFlags): Promise<Engine> {
  requireFloat32('cpu', precision);
  if (threads !== undefined && threads > 1) {
    throw new BackendError(
      'backend/threads',
      `the cpu engine has one thread, --threads ${threads} needs --engine native`,
    );
  }
  await import('@tensorflow/tfjs-backend-cpu');
  await select('cpu');
  return { name: 'cpu', precision: 'float32', threads: 1, description: 'cpu: plain JavaScript, 1 thread, float32' };
}

async function startTensorFlow({ precision, threads = 0 }: EngineFlags): Promise<Engine> {
  requireFloat32('tensorflow', precision);
  // read when TensorFlow's library is loaded; one op at a time is computed
  if (threads > 0) process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  // loading it takes a second, so only who asks for it waits
  const { tensorFlowEngineState } = await import('@unroll/backend-tensorflow');
  const state = tensorFlowEngineState();
  if (state.status === 'missing') throw tensorFlowMissing(state);
  await select('tensorflow');
  return {
    name: 'tensorflow',
    precision: 'float32',
    threads,
    description: `tensorflow: ${state.version}, ${state.gpu ? 'GPU' : 'CPU'}, float32 (${state.package})`,
  };
}

/** What a user is told who asked for TensorFlow where it cannot compute. */
export function tensorFlowMissing({ reason, hint }: { readonly reason: string; readonly hint: string }): BackendError {
  return new BackendError(
    'backend/tensorflow-missing',
    `the tensorflow engine is not available: ${reason}; ${hint}, or use --engine native`,
  );
}

function requireFloat32(engine: EngineName, precision: Precision | undefined): void {
  if (precision !== 'bfloat16') return;
  throw new BackendError(
    'backend/precision',
    `the ${engine} engine computes in float32 only; --precision bfloat16 needs --engine native`,
  );
}

async function select(name: EngineName): Promise<void> {
  if (!(await tf.setBackend(name))) {
    throw new BackendError('backend/start', `the ${name} engine did not start; try another --engine`);
  }
  // The first tensor of TensorFlow.js' own engine would print an advertisement.
  Object.assign(tf.backend(), { firstUse: false });
}
