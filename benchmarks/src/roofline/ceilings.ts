import { readFileSync } from 'node:fs';
import { configureNative } from '@unroll/backend-native';
import { createStepper, disposeParameters, initializers, LstmCell, randomKey, Stack } from '@unroll/core';
import { watchKernels, type Cost, type Span } from '@unroll/core/profiling';
import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '../harness/protocol.js';
import { ceilingProducts } from '../models.js';
import type { Ceilings } from './result.js';

/** Hidden units of a layer: 8 MB of weights leave the second caches but not the last one, 210 MB leave that. */
const unitsInCache = 512;
const unitsInMemory = 2560;
const repetitions = 12;

/** The machine's best, by the engine's own kernels: the fastest of some repetitions, because nothing makes them too fast. */
export function measureCeilings(threads: number): Ceilings {
  return {
    products: { float32: productRate('float32', threads), bfloat16: productRate('bfloat16', threads) },
    memory: bandwidth(unitsInMemory, threads),
    cache: bandwidth(unitsInCache, threads),
    cacheBytes: lastCacheBytes(),
  };
}

function productRate(precision: Precision, threads: number): number {
  configureNative({ precision, threads });
  const rates = ceilingProducts.products.map(([rows, inner, columns]) =>
    tf.tidy(() => {
      const [a, b] = [variedMatrix([rows, inner], 1), variedMatrix([inner, columns], 2)];
      return fastest('operations', () => tf.matMul(a, b));
    }),
  );
  return Math.max(...rates);
}

/**
 * The better of writing the sum of two matrices, where what a store reads first is not counted, and of reading the weights
 * of a recurrent layer at batch 1.
 */
function bandwidth(units: number, threads: number): number {
  configureNative({ precision: 'float32', threads });
  const added = tf.tidy(() => {
    const shape = [2 * units, 2 * units] as const;
    const [a, b] = [variedMatrix(shape, 3), variedMatrix(shape, 4)];
    return fastest('bytes', () => tf.add(a, b));
  });
  return Math.max(added, readingRate(units));
}

function readingRate(hiddenSize: number): number {
  const weights = { inputKernel: initializers.zeros, recurrentKernel: initializers.zeros };
  const stack = new Stack({
    inputSize: hiddenSize,
    hiddenSize,
    layers: 1,
    key: randomKey(1),
    createCell: (options) => new LstmCell({ ...options, initializers: weights }),
  });
  const parameters = Object.values(stack.parameters);
  const bytes = parameters.reduce((sum, { size }) => sum + 4 * size, 0);
  const stepper = createStepper(stack);
  const input = new Float32Array(hiddenSize);
  let bestMs = Infinity;
  for (let i = 0; i < 4 * repetitions; i++) {
    const beginMs = performance.now();
    stepper.step(input);
    bestMs = Math.min(bestMs, performance.now() - beginMs);
  }
  stepper.dispose();
  disposeParameters(stack.parameters);
  return bytes / bestMs / 1e6;
}

/** 10⁹ a second of what is counted, in the fastest of some repetitions. */
function fastest(counted: keyof Cost, compute: () => tf.Tensor): number {
  let best = 0;
  const onSpan = (span: Span): void => {
    best = Math.max(best, (span[counted] ?? 0) / (span.endMs - span.beginMs) / 1e6);
  };
  const stop = watchKernels('native', { clock: () => performance.now(), onSpan });
  try {
    for (let i = 0; i < repetitions; i++) compute().dispose();
  } finally {
    stop();
  }
  return best;
}

/** Numbers that differ, above `least` and by less than 1. */
function variedMatrix([rows, columns]: readonly [number, number], least: number): tf.Tensor2D {
  const numbers = rows * columns;
  return tf.reshape(tf.add(tf.mul(tf.range(0, numbers), 1 / numbers), least), [rows, columns]);
}

/** As Linux tells it: `32768K`. */
function lastCacheBytes(): number | null {
  for (const index of [3, 2]) {
    try {
      const text = readFileSync(`/sys/devices/system/cpu/cpu0/cache/index${index}/size`, 'utf8');
      const [, count, unit = ''] = /^(\d+)([KM]?)/.exec(text) ?? [];
      if (count !== undefined) return Number(count) * { '': 1, K: 2 ** 10, M: 2 ** 20 }[unit as '' | 'K' | 'M'];
    } catch {
      // This processor has no such cache, or the system does not tell.
    }
  }
  return null;
}
