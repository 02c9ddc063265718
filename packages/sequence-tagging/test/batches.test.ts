import { fc } from '@fast-check/vitest';
import { randomKey } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import {
  createBatchSource,
  inferenceBatches,
  parseSequenceTaggingConfig,
  prepareSentences,
  type Batch,
  type PreparedSentences,
  type Sentence,
  type SequenceTaggingConfigInput,
} from '../src/index.js';
import { sentencesOf, setOf } from './small-corpus.js';

const corpus = sentencesOf(
  'the/D cat/N saw/V the/D dog/N',
  'a/D dog/N barks/V',
  '',
  'the/D bird/N that/P saw/V the/D cat/N sings/V a/D song/N',
  'Ann/N sings/V',
  'cats/N and/C dogs/N bark/V',
);
const isPrepared = (input: SequenceTaggingConfigInput = {}) => {
  const config = parseSequenceTaggingConfig(input);
  const set = setOf('corpus', corpus, ['pos']);
  return prepareSentences({ train: set, valid: set }, config);
};
const sourceOf = (prepared: PreparedSentences, part: 'train' | 'valid') =>
  createBatchSource(prepared.splits[part].examples, { ...prepared, part });
const batchesOf = (prepared: PreparedSentences, part: 'train' | 'valid', { epoch = 0, from = 0 } = {}) => [
  ...(sourceOf(prepared, part).batches(epoch, randomKey(4), from) as Iterable<Batch>),
];

/** Rows of `[time, batch]` ids as words. */
function rowsOf(batch: Batch, name: (at: number) => string): string[] {
  return Array.from(batch.lengths, (length, row) =>
    Array.from({ length }, (_, t) => name(t * batch.batchSize + row)).join(' '),
  );
}

describe('batches of a small corpus', () => {
  test('hold every sentence with tokens once, word by word, tag by tag, letter by letter', async () => {
    const prepared = await isPrepared({
      batches: { sentences: 2 },
      model: { suffixes: [2], words: { replacement: 0 } },
    });
    const { facts } = prepared;
    const batches = batchesOf(prepared, 'train');
    const rows = batches.flatMap((batch) =>
      rowsOf(
        batch,
        (at) => `${facts.words.token(batch.words[at]!)}/${facts.columns[0]!.tags.token(batch.targets![0]![at]!)}`,
      ),
    );
    const written = corpus.filter(({ tokens }) => tokens.length > 0).map((each) => asText(each));
    expect(rows.toSorted()).toEqual(written.toSorted());
    const letters = batches.flatMap((batch) => {
      const { characters, index, size, lengths } = batch.spellings!;
      return rowsOf(batch, (at) => {
        const spelling = index[at]!;
        const ids = Array.from({ length: lengths[spelling]! }, (_, t) => characters[t * size + spelling]!);
        return ids.map((id) => (id === 0 ? '?' : facts.characters.token(id))).join('');
      });
    });
    const seen = new Set(facts.characters.tokens);
    const spelled = corpus.flatMap(({ tokens }) =>
      tokens.length > 0
        ? [tokens.map((token) => Array.from(token, (c) => (seen.has(c) ? c : '?')).join('')).join(' ')]
        : [],
    );
    expect(letters.toSorted()).toEqual(spelled.toSorted());
    expect(batches.map(({ batchSize }) => batchSize).every((size) => size <= 2)).toBe(true);
    expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(23);
  });

  test('what stands in padding is 0, each spelling is there once', async () => {
    const [batch] = batchesOf(await isPrepared({ model: { suffixes: [2] } }), 'valid') as [Batch];
    expect(batch).toMatchObject({ timeSteps: 9, batchSize: 5, lengths: new Int32Array([2, 3, 4, 5, 9]), count: 23 });
    const all = [batch.words, batch.casing!, batch.spellings!.index, ...batch.suffixes, ...batch.targets!];
    for (const values of all) {
      expect(values).toHaveLength(45);
      expect(values.filter((_, at) => Math.floor(at / 5) >= batch.lengths[at % 5]!)).toEqual(new Int32Array(22));
    }
    const distinct = new Set(corpus.flatMap(({ tokens }) => tokens));
    expect(batch.spellings!.size).toBe(distinct.size);
    expect(batch.spellings!.characters).toHaveLength(distinct.size * batch.spellings!.timeSteps);
  });

  test('what a model does not read is absent', async () => {
    const [batch] = batchesOf(await isPrepared({ model: { characters: { kind: 'none' }, casing: false } }), 'valid');
    expect(batch!.spellings).toBeUndefined();
    expect(batch!.casing).toBeUndefined();
    expect(batch!.suffixes).toEqual([]);
  });

  test('several labels a token lie side by side', async () => {
    const labelled = setOf('feats', sentencesOf('a/X|Y b/_', 'c/Z|X d/Y e/X'), ['feats']);
    const config = parseSequenceTaggingConfig({ data: { labelSeparator: '|' } });
    const prepared = await prepareSentences({ train: labelled, valid: labelled }, config);
    expect(prepared.facts.columns[0]!.tags.tokens).toEqual(['X', 'Y', 'Z']);
    const [batch] = batchesOf(prepared, 'valid');
    // [time, batch, labels]
    expect([...batch!.targets![0]!]).toEqual([1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]);
  });
});

describe('an epoch', () => {
  test('goes on where it was left, and follows from key and epoch', async () => {
    const prepared = await isPrepared({ batches: { sentences: 1 }, model: { words: { replacement: 0.5 } } });
    const whole = batchesOf(prepared, 'train', { epoch: 3 });
    expect(batchesOf(prepared, 'train', { epoch: 3, from: 2 })).toEqual(whole.slice(2));
    expect(sourceOf(prepared, 'train').batchesPerEpoch).toBe(5);
    expect(batchesOf(prepared, 'train', { epoch: 4 })).not.toEqual(whole);
    expect(batchesOf(prepared, 'valid', { epoch: 1 })).toEqual(batchesOf(prepared, 'valid'));
  });

  test('reads a word as <unk> with probability α / (count + α), in training alone', async () => {
    const prepared = await isPrepared({ model: { words: { replacement: 1 } } });
    const { words, wordCounts } = prepared.facts;
    const seen = new Float64Array(words.size);
    const epochs = 400;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const batch of batchesOf(prepared, 'train', { epoch }))
        rowsOf(batch, (at) => String((seen[batch.words[at]!]! += 1)));
    }
    for (const word of ['the', 'saw', 'bird']) {
      const count = wordCounts[words.id(word)]!;
      const expected = count / (count + 1);
      expect(Math.abs(seen[words.id(word)]! / (epochs * count) - expected)).toBeLessThan(0.08);
    }
    expect(batchesOf(prepared, 'valid')[0]!.words.filter((id, at) => id === 0 && at % 5 === 4)).toHaveLength(0);
  });
});

describe('words that are replaced', () => {
  /** With probability ½ each: `a` is there 200 times. */
  const halves = { batches: { sentences: 8 }, model: { words: { replacement: 200 } } };
  const five = 'a/X a/X a/X a/X a/X';

  test('are others in every batch', async () => {
    const set = setOf('same', sentencesOf(...Array.from({ length: 40 }, () => five)), ['pos']);
    const prepared = await prepareSentences({ train: set, valid: set }, parseSequenceTaggingConfig(halves));
    const batches = batchesOf(prepared, 'train');
    expect(batches.map(({ words }) => words.length)).toEqual([40, 40, 40, 40, 40]);
    expect(new Set(batches.map(({ words }) => words.join(''))).size).toBe(5);
  });

  test('are never padding, where <unk> is a word of the data, too, and not the first', async () => {
    const texts = Array.from({ length: 39 }, (_, i) => (i % 3 === 0 ? five : `a/X`));
    const set = setOf('padded', sentencesOf(...texts, '<unk>/X'), ['pos']);
    const config = parseSequenceTaggingConfig({ ...halves, batches: { sentences: 40 } });
    const prepared = await prepareSentences({ train: set, valid: set }, config);
    expect(prepared.facts.words.tokens).toEqual(['a', '<unk>']);
    const [{ words, lengths, batchSize }] = batchesOf(prepared, 'train') as [Batch];
    const padding = words.filter((_, at) => Math.floor(at / batchSize) >= lengths[at % batchSize]!);
    expect(padding).toEqual(new Int32Array(27 * 4));
  });
});

describe('sentences that are to be tagged', () => {
  test('come in order of length and are put back by their numbers', async () => {
    const { facts, config } = await isPrepared();
    const token = fc.constantFrom('the', 'cat', 'Zoë', '👍', '');
    const sentence = fc.array(token, { maxLength: 12 }).map((tokens): Sentence => ({ line: 1, tokens, features: [] }));
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 150 }), (sentences) => {
        const back: string[] = sentences.map(() => '');
        for (const { batch, order } of inferenceBatches(sentences, facts, config)) {
          expect(batch.targets).toBeUndefined();
          rowsOf(batch, (at) => facts.words.token(batch.words[at]!)).forEach((row, i) => (back[order[i]!] = row));
        }
        expect(back).toEqual(
          sentences.map(({ tokens }) => tokens.map((each) => (facts.words.has(each) ? each : '<unk>')).join(' ')),
        );
      }),
    );
  });

  test('a sentence of 20,000 tokens trains and is tagged as a batch by itself', async () => {
    const { facts, config } = await isPrepared();
    const long = { line: 9, tokens: Array.from({ length: 20_000 }, (_, i) => `w${i}`), features: [] };
    const tagged = [...inferenceBatches([corpus[0]!, long, corpus[1]!], facts, config)];
    expect(tagged.map(({ batch, order }) => [batch.timeSteps, ...order])).toEqual([
      [5, 2, 0],
      [20_000, 1],
    ]);
    const set = setOf('long', [...corpus, { ...long, tags: [long.tokens.map(() => 'N')] }], ['pos']);
    const prepared = await prepareSentences({ train: set, valid: set }, config);
    const sizes = batchesOf(prepared, 'train').map(({ timeSteps, batchSize }) => [timeSteps, batchSize]);
    expect(sizes).toContainEqual([20_000, 1]);
    expect(sizes).toHaveLength(2);
  });
});

function asText({ tokens, tags }: Sentence): string {
  return tokens.map((token, i) => `${token.toLowerCase()}/${tags![0]![i]!}`).join(' ');
}
