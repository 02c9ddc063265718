import { Vocabulary } from '@unroll/core';
import { expect, test } from 'vitest';
import { symbolTimes } from '../src/alignment.js';

const symbols = new Vocabulary(['<blank>', 'a', 'b']);

/** Frames in which one symbol has the given probability, and the others share the rest. */
const frames = (...said: readonly (readonly [id: number, probability: number])[]): Float32Array =>
  Float32Array.from(
    said.flatMap(([id, probability]) =>
      [0, 1, 2].map((symbol) => Math.log(symbol === id ? probability : (1 - probability) / 2)),
    ),
  );

test('a symbol lasts from its first frame to its last, and is as probable as they are on average', () => {
  const logProbabilities = frames([0, 0.9], [1, 0.8], [1, 0.6], [0, 0.9], [1, 0.7], [2, 0.9], [0, 0.9]);
  const times = symbolTimes({ logProbabilities, ids: [1, 1, 2], symbols, stepSeconds: 0.5 });
  expect(times.map(({ symbol, start, end }) => [symbol, start, end])).toEqual([
    ['a', 0.5, 1.5],
    ['a', 2, 2.5],
    ['b', 2.5, 3],
  ]);
  expect(times.map(({ probability }) => Number(probability.toFixed(6)))).toEqual([0.7, 0.7, 0.9]);
});

test('what the transcript says is aligned, though it is not what is most probable', () => {
  const logProbabilities = frames([1, 0.9], [1, 0.9], [2, 0.5], [0, 0.9]);
  const times = symbolTimes({ logProbabilities, ids: [1, 2, 1], symbols, stepSeconds: 1 });
  expect(times.map(({ symbol, start, end }) => [symbol, start, end])).toEqual([
    ['a', 0, 2],
    ['b', 2, 3],
    ['a', 3, 4],
  ]);
  expect(times[2]!.probability).toBeCloseTo(0.05, 6);
});

test('a transcript that does not fit has no times, and nothing said has none either', () => {
  const logProbabilities = frames([1, 0.9], [1, 0.9]);
  expect(symbolTimes({ logProbabilities, ids: [1, 1], symbols, stepSeconds: 1 })).toEqual([]);
  expect(symbolTimes({ logProbabilities, ids: [], symbols, stepSeconds: 1 })).toEqual([]);
});
