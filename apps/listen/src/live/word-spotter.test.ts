import { expect, test } from 'vitest';
import { WordSpotter } from './word-spotter.js';

/** Windows a tenth of a second apart with p(yes); the rest is silence. */
function spot(probabilities: readonly number[], options = {}): readonly (readonly [number, string])[] {
  const spotter = new WordSpotter(options);
  return probabilities.flatMap((p, i) => {
    const seconds = (i + 1) / 10;
    const ranked = [
      { name: '_silence_', value: 1 - p },
      { name: 'yes', value: p },
    ];
    const word = spotter.push(
      seconds,
      ranked.toSorted((a, b) => b.value - a.value),
    );
    return word ? [[seconds, word.name] as const] : [];
  });
}

test('a word is told once, when the mean of its last windows rises above the threshold', () => {
  expect(spot([0, 0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.2, 0, 0])).toEqual([[0.4, 'yes']]);
  expect(spot([0, 0, 0.9, 0.9, 0.9], { threshold: 0.85 })).toEqual([[0.5, 'yes']]);
});

test('one loud window is no word, and neither is silence', () => {
  expect(spot([0, 0, 1, 0, 0])).toEqual([]);
  expect(spot([0, 0, 0, 0])).toEqual([]);
});

test('after a pause it is told again', () => {
  const once = [0.9, 0.9, 0.9];
  const quiet = (count: number) => Array.from({ length: count }, () => 0);
  expect(spot([...once, ...quiet(12), ...once]).map(([seconds]) => seconds)).toEqual([0.2, 1.7]);
  expect(spot([...once, ...quiet(4), ...once])).toHaveLength(1);
});
