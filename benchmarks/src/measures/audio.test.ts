import { expect, test } from 'vitest';
import type { Measurement, Outcome } from '../harness/measure.js';
import { checkSameOutcome } from './audio.js';

const told = (peer: string, outcome: Outcome): Measurement => ({
  peer,
  engine: '',
  threads: 1,
  parameters: 0,
  ms: {},
  peakBytes: 1,
  ...outcome,
});

test('peers that computed the same are compared', () => {
  const ours = told('unroll', { meanDecibels: -31.7001 });
  expect(() => checkSameOutcome([ours])).not.toThrow();
  expect(() => checkSameOutcome([ours, told('librosa', { meanDecibels: -31.7019 })])).not.toThrow();
});

test('peers that computed something else are refused, and so is one that does not tell', () => {
  const ours = told('unroll', { lossNats: 1802.5 });
  expect(() => checkSameOutcome([ours, told('pytorch', { lossNats: 1802.9 })])).toThrow(
    "the peers' results differ: lossNats is 1802.5 of unroll, 1802.9 of pytorch",
  );
  expect(() => checkSameOutcome([ours, told('pytorch', { lossNats: 1802.1 })])).toThrow('1802.1 of pytorch');
  expect(() => checkSameOutcome([ours, told('pytorch', {})])).toThrow('undefined of pytorch');
  expect(() => checkSameOutcome([told('unroll', {}), told('pytorch', { lossNats: 3 })])).toThrow('undefined of unroll');
});
