import { expect, test } from 'vitest';
import type { LanguageModelShape } from '../models.js';
import { measureKernels } from './kernels.js';
import type { Ceilings } from './result.js';

const shape: LanguageModelShape = {
  task: 'language-model',
  vocabularySize: 7,
  embeddingSize: 3,
  hiddenSize: 4,
  layers: 1,
  timeSteps: 5,
  batchSize: 2,
  dropout: 0,
  learningRate: 0.1,
  clipNorm: 5,
};
const ceilings: Ceilings = { products: { float32: 1, bfloat16: 2 }, memory: 1, cache: 4, cacheBytes: 1000 };

test('every kernel of a training step with its work, its floor and its time, in each precision', async () => {
  const chosen: string[] = [];
  const measured = await measureKernels(
    { name: 'tiny', shape, precisions: ['float32', 'bfloat16'], kernels: ['BatchMatMul'] },
    { configure: (precision) => chosen.push(precision), steps: 3, ceilings },
  );
  expect(chosen).toEqual(['float32', 'bfloat16']);
  // The readable path: x*W and h*R in each of 5 steps and the output once, each with the gradients of both factors.
  const forward = 2 * (5 * 2 * (3 + 4) * 16 + 5 * 2 * 4 * 7);
  for (const [i, { step, kernels }] of measured.entries()) {
    const [product] = kernels;
    expect(product).toMatchObject({ model: 'tiny', kernel: 'BatchMatMul', precision: chosen[i] });
    expect(product!.operations).toBeGreaterThan(2.5 * forward);
    expect(product!.operations).toBeLessThanOrEqual(3 * forward);
    expect(product!.ms).toMatchObject({ count: 3 });
    expect(product!.floor.ms).toBeGreaterThan(0);
    expect(step.ms.median).toBeGreaterThan(product!.ms.median);
    expect(step.floorMs).toBeGreaterThan(product!.floor.ms);
  }
});

test('a kernel that no step ran is a mistake', async () => {
  const subject = { name: 'tiny', shape, precisions: ['float32'], kernels: ['Abacus'] } as const;
  await expect(measureKernels(subject, { configure: () => {}, steps: 1, ceilings })).rejects.toThrow(
    'tiny: no step ran Abacus',
  );
});
