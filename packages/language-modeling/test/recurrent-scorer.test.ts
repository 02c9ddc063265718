import { randomKey, Vocabulary } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  createLanguageModel,
  parseLanguageModelConfig,
  recurrentScorer,
  scoreSentences,
  type LanguageModelConfigInput,
} from '../src/index.js';

function saved(model: LanguageModelConfigInput['model'], tokens: readonly string[], unit: 'word' | 'character') {
  const config = parseLanguageModelConfig({ text: { unit }, model: { hiddenSize: 5, ...model } });
  const vocabulary = new Vocabulary(tokens, unit === 'word' ? { unknown: '<unk>', end: '<eos>' } : {});
  return { model: createLanguageModel(config, vocabulary.size, randomKey(4)), vocabulary };
}

async function expected(language: ReturnType<typeof saved>, sentence: string): Promise<number> {
  const { model, vocabulary } = language;
  for await (const { logProbability } of scoreSentences(model, vocabulary, { sentences: [sentence] }))
    return logProbability;
  return NaN;
}

test.each([
  ['lstm', 2],
  ['gru', 3],
  ['elman-tanh', 1],
] as const)(
  'a search with %s of %i layers gets what scoring whole texts gives, hypotheses side by side or not',
  async (cell, layers) => {
    const language = saved({ cell, layers }, ['\n', 'a', 'b', ' '], 'character');
    const scorer = recurrentScorer(language, { batchSize: 3 });
    expect(scorer.unit).toBe('symbol');
    for (const prepared of [true, false]) {
      const texts = ['ab a', 'b ba', 'aabb', '  ab', 'babb'];
      let states = texts.map(() => scorer.start());
      const sums = texts.map(() => 0);
      for (let i = 0; i < 4; i++) {
        if (prepared) scorer.prepare!(states);
        states = states.map((state, row) => {
          const next = scorer.score(state, ['a', 'b', ' '])['ab '.indexOf(texts[row]![i]!)]!;
          sums[row]! += next.logProbability;
          return next.state;
        });
      }
      for (const [row, text] of texts.entries()) {
        expect(sums[row]! + scorer.end(states[row]!)).toBeCloseTo(await expected(language, text), 4);
      }
    }
    scorer.dispose();
    language.model.dispose();
  },
);

test('words that the model does not know are <unk>; characters that it does not know are passed over as the least likely', async () => {
  const words = saved({}, ['<unk>', '<eos>', 'one', 'two'], 'word');
  const scorer = recurrentScorer(words);
  expect(scorer.unit).toBe('word');
  const [known, unknown] = scorer.score(scorer.start(), ['two', 'zebra']);
  expect(known!.logProbability + scorer.end(known!.state)).toBeCloseTo(await expected(words, 'two'), 4);
  expect(unknown!.logProbability + scorer.end(unknown!.state)).toBeCloseTo(await expected(words, 'zebra'), 4);
  const characters = saved({}, ['a', 'b', 'c'], 'character');
  const other = recurrentScorer(characters);
  const start = other.start();
  const all = other.score(start, ['a', 'b', 'c', '#']);
  expect(all[3]!.logProbability).toBe(Math.min(...all.slice(0, 3).map(({ logProbability }) => logProbability)));
  expect(all[3]!.state).toBe(start);
  // without a line break among the characters nothing ends
  expect(other.end(start)).toBe(0);
});

test('no tensor stays', () => {
  const language = saved({}, ['\n', 'a', 'b'], 'character');
  const before = tf.memory().numTensors;
  const scorer = recurrentScorer(language, { batchSize: 2 });
  const next = scorer.score(scorer.start(), ['a', 'b']).map(({ state }) => state);
  scorer.prepare!(next);
  next.forEach((state) => scorer.end(state));
  scorer.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
