import { readFileSync } from 'node:fs';
import { configureNative } from '@unroll/backend-native';
import { watchKernels, type Cost, type Span } from '@unroll/core/profiling';
import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '../harness/protocol.js';
import type { Ceilings } from './result.js';

const productSizes = [1024, 2048] as const;
/** Rows and columns of a matrix: some small ones leave the second caches but not the last one, the large ones leave that. */
const sizeInCache = 1024;
const sizeInMemory = 6144;
const repetitions = 12;

/** The machine's best, by the engine's own kernels: the fastest of some repetitions, because nothing makes them too fast. */
export function measureCeilings(threads: number): Ceilings {
  return {
    products: { float32: productRate('float32', threads), bfloat16: productRate('bfloat16', threads) },
    memory: bandwidth(sizeInMemory, threads),
    cache: bandwidth(sizeInCache, threads),
    cacheBytes: lastCacheBytes(),
  };
}

function productRate(precision: Precision, threads: number): number {
  configureNative({ precision, threads });
  const rates = productSizes.map((size) =>
    tf.tidy(() => {
      const [a, b] = [randomMatrix(size, 1), randomMatrix(size, 2)];
      return fastest('operations', () => tf.matMul(a, b));
    }),
  );
  return Math.max(...rates);
}

/** Of adding two matrices into a third and of multiplying a vector by one; what a store reads first is not counted. */
function bandwidth(size: number, threads: number): number {
  configureNative({ precision: 'float32', threads });
  return tf.tidy(() => {
    const [a, b] = [randomMatrix(size, 3), randomMatrix(size, 4)];
    const row = tf.reshape(randomVector(size, 5), [1, size]);
    return Math.max(
      fastest('bytes', () => tf.add(a, b)),
      fastest('bytes', () => tf.matMul(row, b)),
    );
  });
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

function randomMatrix(size: number, seed: number): tf.Tensor2D {
  return tf.reshape(randomVector(size * size, seed), [size, size]);
}

function randomVector(numbers: number, seed: number): tf.Tensor1D {
  return tf.add<tf.Tensor1D>(tf.mul(tf.range(0, numbers), 1 / numbers), seed);
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
