import { expect, test } from 'vitest';
import { parseTranslationConfig } from '@unroll/translation';
import { decodingOptions } from './decoding.js';

const config = parseTranslationConfig({ seed: 7, decoding: { beam: 4 } });
const optionsOf = (flags: object, ...settings: readonly string[]) =>
  decodingOptions({ flags: { ...flags }, settings: () => ['data.format="tsv"', ...settings] }, config);

test('flags of a search become its settings; what nobody said stays the configuration’s', () => {
  expect(optionsOf({})).toEqual({});
  expect(optionsOf({}, 'decoding.beam=12', 'decoding.replaceUnknown=true')).toEqual({
    decoding: { beam: 12, replaceUnknown: true },
  });
  expect(optionsOf({ greedy: true }, 'decoding.lengthExtra=3')).toEqual({ decoding: { beam: 1, lengthExtra: 3 } });
});

test('more translations than a beam holds widen it, unless it was said how wide it is', () => {
  expect(optionsOf({ nBest: 3 }).decoding).toBeUndefined();
  expect(optionsOf({ nBest: 9 }).decoding).toEqual({ beam: 9 });
  expect(optionsOf({ nBest: 9 }, 'decoding.beam=6').decoding).toEqual({ beam: 6 });
});

test('samples have the seed of the run unless one is given', () => {
  const { sampling: own } = optionsOf({ sample: true, topK: 4 });
  const { sampling: given } = optionsOf({ sample: true, topK: 4, seed: 7 });
  const { sampling: other } = optionsOf({ sample: true, topK: 4, seed: 8 });
  expect(own).toMatchObject({ topK: 4 });
  expect(given).toEqual(own);
  expect(other).not.toEqual(own);
});

test.each([
  [{ greedy: true, nBest: 2 }, [], /leave --greedy out/],
  [{ greedy: true, sample: true }, [], /leave one of them out/],
  [{ sample: true }, ['decoding.beam=3'], /leave --beam out/],
  [{ topP: 0.5 }, [], /--topP is of sampling|--top-p is of sampling/],
] as const)('%j %j is a contradiction', (flags, settings, message) => {
  expect(() => optionsOf(flags, ...settings)).toThrow(message);
});
