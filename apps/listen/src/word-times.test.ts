import { expect, test } from 'vitest';
import { rankedLine, timeLines, transcriptLines } from './result-lines.js';
import { wordTimes } from './word-times.js';

const times = Array.from(' hi  no', (symbol, i) => ({
  symbol,
  start: i / 10,
  end: i / 10 + 0.05,
  probability: 1 - i / 10,
}));

test('letters between spaces are a word, from its first to its last', () => {
  const words = wordTimes(times, 'character');
  expect(words.map(({ word, start, end }) => [word, start, end])).toEqual([
    ['hi', 0.1, 0.25],
    ['no', 0.5, 0.65],
  ]);
  expect(words[0]!.probability).toBeCloseTo(0.85, 9);
  expect(wordTimes(times, 'word')).toHaveLength(7);
});

test('lines of results have their columns, whatever names hold', () => {
  const ranked = [
    { name: 'yes', value: 0.75 },
    { name: 'no', value: 0.25 },
  ];
  expect(rankedLine('a\tb.wav', ranked, undefined)).toBe('a b.wav\tyes\n');
  expect(rankedLine('a.wav', ranked, 2)).toBe('a.wav\tyes\t0.7500\tno\t0.2500\n');
  const transcripts = [{ text: 'hi', ids: Int32Array.of(1, 2), score: -1.5, logProbability: -1 }];
  const recognition = { name: 'a.wav', seconds: 1, warnings: [], transcripts };
  expect(transcriptLines(recognition, undefined)).toBe('a.wav\thi\n');
  expect(transcriptLines(recognition, 3)).toBe('a.wav\t1\thi\t-1.5000\n');
  expect(timeLines('a.wav', wordTimes(times, 'character').slice(0, 1))).toBe('a.wav\t0.10\t0.25\t0.850\thi\n');
});
