import { expect, test } from 'vitest';
import { sampleEvenly } from './sample-evenly.js';

const sentences = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8].map((length, i) => ({
  tokens: Array.from({ length }, () => `${i}`),
}));
const tokensOf = (sample: typeof sentences) => sample.reduce((sum, { tokens }) => sum + tokens.length, 0);

test('a sample has about the tokens that were asked for, from all over, in order', () => {
  for (const tokens of [8, 13, 26, 40]) {
    const sample = [...sampleEvenly(sentences, tokens)];
    expect(Math.abs(tokensOf(sample) - tokens)).toBeLessThanOrEqual(9);
    const places = sample.map((sentence) => sentences.indexOf(sentence));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.at(-1)).toBeGreaterThanOrEqual(sentences.length / 2 - 1);
  }
});

test('what is short enough is taken whole', () => {
  expect(sampleEvenly(sentences, 52)).toBe(sentences);
  expect(sampleEvenly([], 5)).toEqual([]);
});
