import { expect, test } from 'vitest';
import { models } from '../models.js';
import { compare, formatComparison } from './comparison.js';
import type { Measurement } from './measure.js';
import { summarise } from './statistics.js';

function measurement(peer: string, stepMs: readonly number[]): Measurement {
  const summary = summarise(stepMs);
  return {
    peer,
    engine: peer,
    threads: 2,
    parameters: 1,
    stepMs: summary,
    tokensPerSecond: 400_000 / summary.median,
    inferMs: summarise([stepMs[0]! / 100]),
    startMs: summarise([500]),
    peakBytes: stepMs[0]! * 2 ** 20,
    lossNats: 9,
    roundStepMs: stepMs,
  };
}

const ours = measurement('unroll', [40, 50, 60]);
const theirs = measurement('pytorch', [60, 75, 120]);

test('a speedup is the other time over ours: more than 1 is faster', () => {
  const [speedup, ...rest] = compare([ours, theirs]);
  expect(rest).toEqual([]);
  expect(speedup).toMatchObject({ against: 'pytorch', step: 1.5, stepMinima: 1.5, stepRounds: [1.5, 2], start: 1 });
  expect(speedup!.infer).toBeCloseTo(1.5);
  expect(speedup!.memory).toBe(1.5);
});

test('one peer alone is compared with nothing', () => {
  expect(compare([ours])).toEqual([]);
});

test('the text names every figure with its unit', () => {
  const measurements = [ours, theirs];
  const shape = models['ptb-small']!;
  const comparison = {
    model: 'ptb-small',
    shape,
    precision: 'float32',
    measurements,
    speedups: compare(measurements),
  } as const;
  expect(formatComparison(comparison)).toBe(
    [
      'ptb-small, float32',
      '  unroll   50.0 ms a step (min 40.0, spread 20.0 %), 8000 tokens/s, batch-1 step 400 us, start-up 500 ms, peak 40 MiB',
      '  pytorch  75.0 ms a step (min 60.0, spread 40.0 %), 5333 tokens/s, batch-1 step 600 us, start-up 500 ms, peak 60 MiB',
      '  unroll against pytorch: step 1.50x (minima 1.50x, rounds 1.50-2.00x), batch-1 step 1.50x, start-up 1.00x as fast; memory 0.67x',
    ].join('\n'),
  );
});
