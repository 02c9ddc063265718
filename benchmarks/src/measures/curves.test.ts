import type { TrainingEvent } from '@unroll/core';
import { expect, test } from 'vitest';
import { digestCurve } from './curves.js';

test('a point is the mean loss of its 50 steps, the last one of what is left; the score is the last evaluation', () => {
  const at = { epoch: 0, elapsedMs: 0 };
  const steps = Array.from({ length: 120 }, (_, i): TrainingEvent => {
    return {
      type: 'step',
      ...at,
      step: i + 1,
      loss: i < 50 ? 8 : 0.1 * i,
      tokens: 400,
      learningRate: 1,
      gradientNorm: 1,
    };
  });
  const scores = (perplexity: number) => ({ loss: Math.log(perplexity), count: 1, perplexity });
  const evaluation = (perplexity: number): TrainingEvent => {
    return { type: 'evaluation', ...at, step: 120, best: true, scores: scores(perplexity) };
  };
  const curve = digestCurve([...steps, evaluation(300), evaluation(200)]);
  expect(curve.losses.map(({ step }) => step)).toEqual([50, 100, 120]);
  expect(curve.losses[0]!.lossNats).toBeCloseTo(8);
  expect(curve.losses[1]!.lossNats).toBeCloseTo(7.45);
  expect(curve.losses[2]!.lossNats).toBeCloseTo(10.95);
  expect(curve.validPerplexity).toBe(200);
});
