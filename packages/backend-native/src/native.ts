import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackendError } from '@unroll/core/errors';
import type { ConvolutionSizes } from './kernels/convolution.js';
import type { BatchNormFunctions } from './kernels/batch-norm-functions.js';
import type { FusedFunctions } from './kernels/fused-functions.js';
import type { SpectralFunctions } from './kernels/spectral-functions.js';
import { missingFunctions } from './function-names.js';

export type Precision = 'float32' | 'bfloat16';
type Numbers = Float32Array | Int32Array | Uint8Array;

export interface EngineInfo {
  /** The implementation of matrix products: `oneDNN 2.6.3`, or `portable (avx512)`. */
  matmul: string;
  /** What the other kernels use: `avx512+bf16`, `avx512`, `avx2`, `sse2`, `neon`. */
  instructionSet: string;
  threads: number;
  /** Number format of the factors of matrix products. */
  precision: Precision;
}

/** Stages of kernels since the last reading. */
export interface RecordedStages {
  readonly names: readonly string[];
  /** nine numbers each: index of the name, thread, begin and end in nanoseconds, operations, bytes, m, n, k */
  readonly records: Float64Array;
  /** how many found no room */
  readonly lost: number;
  /** the engine's clock, nanoseconds */
  readonly nowNs: number;
}

/**
 * The addon's general functions; every one checks its arguments and throws a TypeError with code
 * `ERR_UNROLL_ARGUMENT` that names the function and the argument, or for values that cannot be right (a length past the
 * end) a RangeError with code `ERR_UNROLL_VALUE`. Results are written into the last array.
 */
export interface NativeFunctions extends BatchNormFunctions, FusedFunctions, SpectralFunctions {
  configure(threads: number, precision: Precision): void;
  engineInfo(): EngineInfo;
  /** For tests: kernels use at most this instruction set from now on. */
  limitInstructionSet(instructionSet: 'baseline' | 'avx2' | 'avx512'): void;
  /** Hands over the stages recorded since the last call; from now on each thread keeps up to `capacity`, 0 stops. */
  profile(capacity: number): RecordedStages;
  /** An ArrayBuffer with undefined contents, aligned for vectors. */
  allocate(bytes: number): ArrayBuffer;

  matmul(
    ...call: [
      m: number,
      n: number,
      k: number,
      a: Float32Array,
      transposeA: boolean,
      b: Float32Array,
      transposeB: boolean,
      bias: Float32Array | null,
      c: Float32Array,
    ]
  ): void;
  matmulBatch(
    ...call: [
      batch: number,
      repeatA: boolean,
      repeatB: boolean,
      m: number,
      n: number,
      k: number,
      a: Float32Array,
      transposeA: boolean,
      b: Float32Array,
      transposeB: boolean,
      c: Float32Array,
    ]
  ): void;

  /** `x` `[batch, height, width, channels]`, `filter` `[height, width, channels, filters]`, `y` `[batch, height, width, filters]`. */
  convolve(...call: [...sizes: ConvolutionSizes, x: Float32Array, filter: Float32Array, y: Float32Array]): void;
  convolutionInputGradient(
    ...call: [...sizes: ConvolutionSizes, dy: Float32Array, filter: Float32Array, dx: Float32Array]
  ): void;
  convolutionFilterGradient(
    ...call: [...sizes: ConvolutionSizes, x: Float32Array, dy: Float32Array, dFilter: Float32Array]
  ): void;

  unary(...call: [operation: string, x: Float32Array, y: Float32Array, alpha: number, beta: number]): void;
  binary(
    ...call: [
      operation: string,
      a: Float32Array,
      aShape: readonly number[],
      b: Float32Array,
      bShape: readonly number[],
      y: Float32Array,
    ]
  ): void;
  compare(
    ...call: [
      operation: string,
      a: Float32Array,
      aShape: readonly number[],
      b: Float32Array,
      bShape: readonly number[],
      y: Uint8Array,
    ]
  ): void;
  addN(inputs: readonly Float32Array[], y: Float32Array): void;
  select(...call: [condition: Uint8Array, yes: Float32Array, no: Float32Array, y: Float32Array]): void;

  reduce(
    ...call: [operation: string, outer: number, size: number, inner: number, x: Float32Array, y: Float32Array]
  ): void;
  argReduce(
    ...call: [operation: string, outer: number, size: number, inner: number, x: Float32Array, y: Int32Array]
  ): void;
  softmax(...call: [rows: number, width: number, logarithm: boolean, x: Float32Array, y: Float32Array]): void;
  /** `x` `[rows, width]`, `values` and `indices` `[rows, k]`. */
  topK(
    ...call: [rows: number, width: number, k: number, x: Float32Array, values: Float32Array, indices: Int32Array]
  ): void;

  copyStrided(
    ...call: [
      sizes: readonly number[],
      x: Numbers,
      xOffset: number,
      xStrides: readonly number[],
      y: Numbers,
      yOffset: number,
      yStrides: readonly number[],
    ]
  ): void;
  gather(
    ...call: [batch: number, outer: number, size: number, width: number, x: Numbers, indices: Int32Array, y: Numbers]
  ): void;
  segmentSum(
    ...call: [rows: number, width: number, segmentCount: number, x: Float32Array, segments: Int32Array, y: Float32Array]
  ): void;
  /** Writes the first numbers of `rows` and rows of `sums`. @returns how many: at most `count` */
  sumRowsByIndex(
    ...call: [
      count: number,
      columns: number,
      indices: Int32Array,
      values: Float32Array,
      rows: Int32Array,
      sums: Float32Array,
    ]
  ): number;
  oneHot(...call: [depth: number, on: number, off: number, indices: Int32Array, y: Float32Array]): void;
  fill(value: number, y: Float32Array): void;
  cast(kind: 'float32-int32' | 'int32-float32' | 'bool-float32' | 'float32-bool', x: Numbers, y: Numbers): void;
}

/** Whether the engine can run here, and if not why and what to do. */
export type NativeEngineState =
  { status: 'ready'; file: string; info: EngineInfo } | { status: 'missing'; reason: string; hint: string };

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const rebuild =
  'run `npm rebuild @unroll/backend-native`, in the workspace `pnpm --filter @unroll/backend-native run install`';
const hints = {
  missing: `install a C++ compiler (Debian, Ubuntu: apt-get install g++ make python3 libdnnl-dev; macOS: xcode-select --install) and ${rebuild}`,
  outdated: `to build it again ${rebuild}`,
} as const;

/** Where a binary may lie, the preferred first. UNROLL_NATIVE_BUILD names one build folder instead. */
function binaries(): string[] {
  const variant = process.env['UNROLL_NATIVE_BUILD'];
  const built = (name: string) => join(packageRoot, 'build', name, 'unroll.node');
  if (variant !== undefined && variant !== '') return [built(variant)];
  return [join(packageRoot, 'prebuilds', `${process.platform}-${process.arch}`, 'unroll.node'), built('native')];
}

type Loaded = { file: string; functions: NativeFunctions } | { reason: string; hint: string };
let loaded: Loaded | undefined;

function load(): Loaded {
  const require = createRequire(import.meta.url);
  const problems: string[] = [];
  let hint: string = hints.missing;
  for (const file of binaries()) {
    if (!existsSync(file)) {
      problems.push(`${file} does not exist`);
      continue;
    }
    try {
      const functions = require(file) as NativeFunctions;
      const missing = missingFunctions(functions);
      if (missing.length === 0) return { file, functions };
      hint = hints.outdated;
      problems.push(`${file} was built from older sources: it has no ${missing.join(', ')}`);
    } catch (error) {
      problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { reason: problems.join('; '), hint };
}

/** Never throws: a caller decides between this engine and another one. */
export function nativeEngineState(): NativeEngineState {
  loaded ??= load();
  if ('reason' in loaded) return { status: 'missing', ...loaded };
  return { status: 'ready', file: loaded.file, info: loaded.functions.engineInfo() };
}

/**
 * The addon's functions.
 *
 * @throws {BackendError} `backend/native-missing` if there is no binary that loads and has all functions
 */
export function nativeFunctions(): NativeFunctions {
  loaded ??= load();
  if ('reason' in loaded) {
    throw new BackendError(
      'backend/native-missing',
      `the native engine is not available (${loaded.reason}); ${loaded.hint}`,
    );
  }
  return loaded.functions;
}

/** @throws {BackendError} `backend/native-missing` */
export function engineInfo(): EngineInfo {
  return nativeFunctions().engineInfo();
}

export interface NativeConfiguration {
  /** 0 or absent: one for each processor that this process may use. */
  threads?: number;
  /** Absent: float32. */
  precision?: Precision;
}

/**
 * How every later kernel computes. Same inputs, threads and precision give the same bits on one machine.
 *
 * @throws {BackendError} `backend/configuration` for a number of threads that is not whole or above 1024
 */
export function configureNative(configuration: NativeConfiguration): EngineInfo {
  const { threads = 0, precision = 'float32' } = configuration;
  if (!Number.isInteger(threads) || threads < 0 || threads > 1024) {
    throw new BackendError('backend/configuration', `threads must be a whole number from 0 to 1024, got ${threads}`);
  }
  if (precision !== 'float32' && precision !== 'bfloat16') {
    throw new BackendError('backend/configuration', `precision must be float32 or bfloat16, got ${String(precision)}`);
  }
  nativeFunctions().configure(threads, precision);
  return engineInfo();
}
