import type { TrainingEvent } from '@unroll/core';
import { expect, test } from 'vitest';
import { digestTrainingLog } from './training-log.js';

const started = { type: 'started', totalSteps: 4, stepsPerEpoch: 2, parameterCount: 1, elapsedMs: 0 } as const;
const scores = (loss: number) => ({ loss, count: 10 });

test('the curve pairs each epoch with the evaluation after its last step; time adds up over sessions', () => {
  const events: readonly TrainingEvent[] = [
    { ...started, step: 0, epoch: 0 },
    { type: 'epoch', step: 2, epoch: 0, loss: 3, tokens: 10, elapsedMs: 900 },
    { type: 'evaluation', step: 2, epoch: 1, scores: scores(2.5), best: true, elapsedMs: 1000 },
    { ...started, step: 2, epoch: 1 },
    { type: 'epoch', step: 4, epoch: 1, loss: 2, tokens: 10, elapsedMs: 1500 },
    { type: 'stopped', step: 4, epoch: 2, reason: 'completed', elapsedMs: 2000 },
  ];
  expect(digestTrainingLog(events)).toEqual({
    curve: [
      { epoch: 1, step: 2, trainLoss: 3, validLoss: 2.5 },
      { epoch: 2, step: 4, trainLoss: 2 },
    ],
    trainSeconds: 3,
  });
});
