import * as tf from '@tensorflow/tfjs-core';
import type { DecodingConfig, Translation } from '@unroll/translation';
import { describe, expect, test } from 'vitest';
import { listAll, plainBeam, sorted, stepsOf, translate, written, type Listed } from './listing.js';
import { tableModel } from './table-model.js';

const texts = ['xyz', 'zz', 'y', 'yxzzy', 'xx'];

const scorings: readonly Partial<DecodingConfig>[] = [
  { lengthNormalization: 'none' },
  { lengthNormalization: 'average' },
  { lengthNormalization: 'wu', lengthAlpha: 0.6 },
  { lengthNormalization: 'wu', lengthAlpha: 2.5 },
  { lengthNormalization: 'wu', lengthAlpha: 1, coveragePenalty: 0.4 },
  { lengthNormalization: 'none', coveragePenalty: 2 },
];

function expectSame({ hypotheses }: Translation, expected: readonly (Listed & { score: number })[]) {
  expect(hypotheses.map(written)).toEqual(expected.map(written));
  for (const [place, { score, logProbability, finished, tokenLogProbabilities }] of hypotheses.entries()) {
    const listed = expected[place]!;
    expect(finished).toBe(listed.finished);
    expect(score).toBeCloseTo(listed.score, 4);
    expect(logProbability).toBeCloseTo(listed.logProbability, 4);
    expect(tokenLogProbabilities.length).toBe(listed.length);
    expect(tokenLogProbabilities.reduce((sum, each) => sum + each, 0)).toBeCloseTo(logProbability, 9);
  }
}

describe('a beam that holds every hypothesis finds what a full listing finds', () => {
  // 4 tokens at most, of 4 that go on (`<unk>` is one) and `</s>`: 85 that end and 256 that are cut.
  const wide = { beam: 400, lengthFactor: 0.01, lengthExtra: 4 };
  const limit = 4;

  test.for(scorings)('by %j', async (scoring) => {
    for (const seed of [1, 2]) {
      const model = tableModel({ seed });
      const expected = sorted(listAll([model], 'zy', { limit }), scoring);
      for (const nBest of [400, 10, 3, 1]) {
        const [best] = await translate(model, ['zy'], { decoding: { ...wide, ...scoring }, nBest });
        expectSame(best!, expected.slice(0, nBest));
      }
    }
  });

  test('of several models, whose probabilities are averaged', async () => {
    const models = [tableModel({ seed: 5 }), tableModel({ seed: 6, sharpness: 4 }), tableModel({ seed: 7 })];
    const [best] = await translate(models, ['zy'], { decoding: wide, nBest: 400 });
    expectSame(best!, sorted(listAll(models, 'zy', { limit }), {}));
  });

  test.for([1, 2, 3])('where no %i tokens may be written twice', async (n) => {
    const repeats = (ids: readonly number[]) => {
      const grams = ids.slice(n - 1).map((_, start) => ids.slice(start, start + n).join());
      return new Set(grams).size < grams.length;
    };
    const model = tableModel({ seed: 3 });
    const listed = listAll([model], 'zy', { limit, isAllowed: (ids) => !repeats(ids) });
    expect(listed.length).toBeLessThan(341);
    const [best] = await translate(model, ['zy'], { decoding: { ...wide, blockRepeats: n }, nBest: 400 });
    expectSame(best!, sorted(listed, {}));
  });

  test('that begins with a prefix', async () => {
    const model = tableModel({ seed: 4 });
    const all = sorted(listAll([model], 'zy', { limit }), {});
    const options = { decoding: wide, nBest: 400, prefixes: ['cb'] };
    const [best] = await translate(model, ['zy'], options);
    const expected = all.filter((each) => written(each).startsWith('cb'));
    expectSame(best!, expected);
    expect(expected.length).toBe(1 + 4 + 16);
  });
});

describe('beam search', () => {
  test.for(scorings)('stops early only where nothing better can come: %j', async (scoring) => {
    const model = tableModel({ seed: 9 });
    for (const beam of [2, 3, 6]) {
      for (const text of texts) {
        const limit = text.length + 4;
        const decoding = { ...scoring, beam, lengthFactor: 1, lengthExtra: 4 };
        const expected = sorted(plainBeam(model, text, { beam, limit }), scoring);
        for (const nBest of [1, 2, beam]) {
          const [best] = await translate(model, [text], { decoding, nBest });
          expectSame(best!, expected.slice(0, nBest));
        }
      }
    }
  });

  test('of width 1 is greedy search', async () => {
    const model = tableModel({ sharpness: 3 });
    const { paddingId, startId, endId } = model.facts.target.vocabulary;
    const translations = await translate(model, texts, { decoding: { beam: 1 } });
    for (const [place, text] of texts.entries()) {
      const ids: number[] = [];
      while (ids.at(-1) !== endId && ids.length < 2 * text.length + 10) {
        const { logProbabilities } = stepsOf(model, text, ids);
        const allowed = [...logProbabilities.keys()].filter((id) => id !== paddingId && id !== startId);
        ids.push(allowed.reduce((a, b) => (logProbabilities[b]! > logProbabilities[a]! ? b : a)));
      }
      const finished = ids.at(-1) === endId;
      const tokens = (finished ? ids.slice(0, -1) : ids).map((id) => model.facts.target.vocabulary.token(id));
      expect(translations[place]!.hypotheses).toMatchObject([{ tokens, finished }]);
    }
  });

  test('of a batch is that of each sentence, whatever ends first', async () => {
    const model = tableModel({ sharpness: 3 });
    for (const beam of [1, 2, 5]) {
      const options = { decoding: { beam }, nBest: beam, attention: true };
      const together = await translate(model, texts, options);
      for (const [place, text] of texts.entries()) {
        const [alone] = await translate(model, [text], options);
        expect(together[place]).toEqual(alone);
      }
    }
  });

  test('goes on without the sentences that are over', async () => {
    const rows: number[] = [];
    const model = tableModel({ sharpness: 3, onStep: (count) => rows.push(count) });
    const translations = await translate(model, texts, { decoding: { beam: 1 } });
    const lengths = translations.map(({ hypotheses }) => hypotheses[0]!.tokenLogProbabilities.length);
    expect(new Set(lengths).size).toBeGreaterThan(2);
    const going = (step: number) => lengths.filter((length) => length > step).length;
    expect(rows).toEqual(Array.from({ length: Math.max(...lengths) }, (_, step) => going(step)));
  });

  test('ends where every token is blocked', async () => {
    const model = tableModel({ seed: 2, noEnd: true });
    const [best] = await translate(model, ['xy'], { decoding: { beam: 2, blockRepeats: 1 }, nBest: 2 });
    for (const { tokens, finished } of best!.hypotheses) {
      expect(new Set(tokens).size).toBe(4);
      expect(finished).toBe(false);
    }
  });

  test('leaves no tensor behind, though it is broken off', async () => {
    const model = tableModel();
    const before = tf.memory().numTensors;
    await translate([model, tableModel({ seed: 2 })], texts, { nBest: 3, attention: true });
    expect(tf.memory().numTensors).toBe(before);
    let steps = 0;
    const stop = new AbortController();
    const slow = tableModel({ onStep: () => void (++steps === 3 && stop.abort()) });
    await expect(translate(slow, texts, { signal: stop.signal })).rejects.toThrow(/abort/i);
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
