import type { SentenceSet } from '@unroll/sequence-tagging';
import { expect, test } from 'vitest';
import { sentenceTagger } from './models.js';
import { sessionOf } from './peers/unroll/sentence-tagger.js';
import { countTokens, exportBatches, taggingWork } from './sentence-tagging.js';

const shape = {
  ...sentenceTagger,
  wordSize: 5,
  characterSize: 3,
  characterHiddenSize: 2,
  featureSize: 4,
  hiddenSize: 6,
  sentences: 2,
} as const;
const columns = { tags: ['UPOS'], features: [] };
const words = ['the', 'Dog', 'barks', 'at', 'two', 'CATS'];
const tags = ['DET', 'NOUN', 'VERB', 'ADP', 'NUM', 'NOUN'];

/** Sentences of rising length from a few words. */
function sentenceSet(name: string, count: number): SentenceSet {
  const sentences = Array.from({ length: count }, (_, i) => {
    const picks = Array.from({ length: 1 + (i % 5) }, (_, at) => (i * 2 + at * 5) % words.length);
    return { line: i + 1, tokens: picks.map((at) => words[at]!), tags: [picks.map((at) => tags[at]!)], features: [] };
  });
  return { name, columns, sentences };
}

const sets = { train: sentenceSet('train', 60), valid: sentenceSet('valid', 7) };

test.each(['softmax', 'crf'] as const)(
  '%s: every repetition has the same batches, and others get them whole',
  async (head) => {
    const work = await taggingWork({ ...shape, head }, sets);
    const batches = await exportBatches(work);
    expect(batches.training).toHaveLength(24);
    expect(await exportBatches(work)).toEqual(batches);
    const tokens = await countTokens(work);
    expect(tokens.training).toBe(batches.training.reduce((sum, { count }) => sum + count, 0));
    expect(tokens.tagging).toBe(batches.tagging.reduce((sum, { count }) => sum + count, 0));
    for (const { timeSteps, batchSize, words, targets, index, characters, spellingLengths } of batches.training) {
      for (const ids of [words, targets!, index]) expect(ids).toHaveLength(timeSteps * batchSize);
      expect(characters.length % spellingLengths.length).toBe(0);
      expect(Math.max(...index)).toBe(spellingLengths.length - 1);
    }
  },
);

test('a tagger trains on all of its batches and tags, with the parameters that its shape says', async () => {
  const work = await taggingWork({ ...shape, head: 'crf' }, sets);
  const { sizes } = await exportBatches(work);
  const session = sessionOf(work);
  const lstm = (input: number, hidden: number) => 2 * ((input + hidden) * 4 * hidden + 4 * hidden);
  const width = 5 + 2 * 2 + 4;
  const tables = sizes.words * 5 + sizes.characters * 3 + sizes.casing * 4;
  const crf = sizes.tags * sizes.tags + 2 * sizes.tags;
  const expected = tables + lstm(3, 2) + lstm(width, 6) + lstm(12, 6) + 13 * sizes.tags + crf;
  expect(session.parameters).toBe(expected);
  const trained = await session.run('train', { count: 2, budgetMs: 60_000 });
  expect(trained.ms).toHaveLength(2);
  expect(trained.lossNats).toBeLessThan(Math.log(sizes.tags) + 0.3);
  expect((await session.run('tag', { count: 2, budgetMs: 60_000 })).ms).toHaveLength(2);
});
