import { expect, test } from 'vitest';
import { compare, formatRatio, formatTiming } from './comparison.js';
import { summariseTurns, type Measurement } from './measure.js';

function measurement(peer: string, train: readonly (readonly number[])[], infer?: readonly number[]): Measurement {
  return {
    peer,
    engine: peer,
    threads: 2,
    parameters: 1,
    ms: { train: summariseTurns(train), ...(infer && { infer: summariseTurns([infer]) }) },
    peakBytes: train[0]![0]! * 2 ** 20,
    lossNats: 9,
  };
}

const ours = measurement('unroll', [[40], [50], [60]], [0.4]);
const theirs = measurement('pytorch', [[60], [75], [120]], [0.6]);

test('a speedup is the other time over ours: more than 1 is faster', () => {
  const [speedup, ...rest] = compare([ours, theirs]);
  expect(rest).toEqual([]);
  expect(speedup).toMatchObject({ against: 'pytorch', threads: 2, memory: 1.5 });
  expect(speedup!.work.train).toEqual({ median: 1.5, minimum: 1.5, rounds: [1.5, 2] });
  expect(speedup!.work.infer!.median).toBeCloseTo(1.5);
});

test('only what both did is compared, and a peer that sat rounds out in those it took part in', () => {
  const [speedup] = compare([ours, measurement('slow', [[400]])]);
  expect(speedup!.work).toEqual({ train: { median: 8, minimum: 10, rounds: [10, 10] } });
});

test('one peer alone is compared with nothing', () => {
  expect(compare([ours])).toEqual([]);
});

test('the text names every figure with its unit', () => {
  expect(formatTiming(ours.ms.train!)).toBe('50.0 ms (min 40.0, spread 20.0 %)');
  expect(formatTiming(ours.ms.infer!)).toBe('400.0 us (min 400.0, spread 0.0 %)');
  expect(formatRatio(compare([ours, theirs])[0]!.work.train!)).toBe('1.50x (minima 1.50x, rounds 1.50-2.00x)');
});
