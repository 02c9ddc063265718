import { expect, test } from 'vitest';
import type { TrainingEvent } from '../training/events.js';
import { collectCurves } from './curves.js';

function step(step: number, loss: number, elapsedMs: number): TrainingEvent {
  return {
    type: 'step',
    step,
    epoch: 0,
    elapsedMs,
    loss,
    tokens: 50,
    learningRate: 0.1 / step,
    gradientNorm: 2 * step,
  };
}

test('curves hold steps and evaluations in order, and the speed between events', () => {
  const events: TrainingEvent[] = [
    { type: 'started', step: 0, epoch: 0, elapsedMs: 0, totalSteps: 3, stepsPerEpoch: 3, parameterCount: 9 },
    step(1, 4, 100),
    step(2, 3, 300),
    {
      type: 'evaluation',
      step: 2,
      epoch: 0,
      elapsedMs: 1300,
      best: true,
      scores: { loss: 3.5, count: 10, perplexity: 33 },
    },
    step(3, Number.NaN, 1400),
  ];
  const curves = collectCurves(events, 'perplexity');
  expect(curves.loss.points).toEqual([
    [1, 4],
    [2, 3],
  ]);
  expect(curves.tokensPerSecond.points).toEqual([
    [1, 500],
    [2, 250],
    [3, 500],
  ]);
  expect(curves.validLoss.points).toEqual([[2, 3.5]]);
  expect(curves.score).toEqual({ name: 'validation perplexity', points: [[2, 33]] });
  expect(curves.gradientNorm.points).toEqual([
    [1, 2],
    [2, 4],
    [3, 6],
  ]);
});

test('of steps that a resumed run repeats the last ones count', () => {
  const curves = collectCurves([step(1, 9, 10), step(2, 8, 20), step(3, 7, 30), step(2, 6, 5), step(3, 5, 15)], 'x');
  expect(curves.loss.points).toEqual([
    [1, 9],
    [2, 6],
    [3, 5],
  ]);
  // The clock of the second process starts anew: the first event after it has no speed.
  expect(curves.tokensPerSecond.points).toEqual([
    [1, 5000],
    [2, 5000],
    [3, 5000],
  ]);
});

test('long curves become means over stretches that end at their last step', () => {
  const events = Array.from({ length: 10 }, (_, i) => step(i + 1, i + 1, i));
  expect(collectCurves(events, 'x', 4).loss.points).toEqual([
    [3, 2],
    [6, 5],
    [9, 8],
    [10, 10],
  ]);
});
