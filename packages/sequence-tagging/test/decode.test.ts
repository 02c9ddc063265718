import {
  attribute,
  networkTagger,
  taggingLoss,
  createBatchSource,
  inferenceBatches,
  type Sentence,
} from '@unroll/sequence-tagging';
import { randomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { tagTexts } from '../src/heads/tag-texts.js';
import { toyModel } from './models.js';

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('networkTagger', () => {
  test('predictions come in the order of the sentences, empty ones and long ones among them, and do not depend on the group', async () => {
    const { model, corpus } = await toyModel(['chunk', 'pos']);
    const tagger = networkTagger({ model });
    const long = { line: 99, tokens: Array.from({ length: 40 }, (_, i) => `w${i % 7}`), features: [] };
    const empty = { line: 100, tokens: [], features: [] };
    const sentences: readonly Sentence[] = [long, ...corpus.sentences, empty, long];
    const options = { probabilities: true, nBest: 2 };
    const together = await collect(tagger.tag(sentences, options));
    expect(together.map(({ sentence }) => sentence)).toEqual(sentences);
    for (const [i, sentence] of sentences.entries()) {
      const [alone] = await collect(tagger.tag([sentence], { ...options, streaming: true }));
      alone!.columns.forEach((column, c) => {
        const other = together[i]!.columns[c]!;
        expect(other.tags).toEqual(column.tags);
        expect(other.tags).toHaveLength(sentence.tokens.length);
        column.probabilities!.forEach((p, t) => expect(other.probabilities![t]).toBeCloseTo(p, 4));
        expect(column.alternatives![0]!.tags).toEqual(column.tags);
      });
    }
    tagger.dispose!();
  });

  test('streaming tags a sentence before it asks for the next', async () => {
    const { model, corpus } = await toyModel(['pos']);
    const tagger = networkTagger({ model });
    const order: string[] = [];
    async function* asked() {
      for (const [i, sentence] of corpus.sentences.slice(0, 3).entries()) {
        order.push(`asked ${i}`);
        yield sentence;
      }
    }
    let i = 0;
    for await (const _ of tagger.tag(asked(), { streaming: true })) order.push(`tagged ${i++}`);
    expect(order).toEqual(['asked 0', 'tagged 0', 'asked 1', 'tagged 1', 'asked 2', 'tagged 2']);
    tagger.dispose!();
  });

  test('tags of a softmax that its scheme does not allow are repaired, and rows that become the same are one', async () => {
    const { model, corpus } = await toyModel(['chunk'], { model: { head: 'softmax' } });
    const tagger = networkTagger({ model });
    for (const { columns } of await collect(tagger.tag(corpus.sentences, { probabilities: true, nBest: 40 }))) {
      const { alternatives, spans } = columns[0]!;
      const rows = alternatives!.map(({ tags }) => tags.join(' '));
      expect(new Set(rows).size).toBe(rows.length);
      expect(alternatives!.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1.0001);
      rows.forEach((row) => expect(row).not.toMatch(/(^|O )I-|[BI]-(\w+) I-(?!\2)/));
      spans!.forEach(({ probability }) => expect(probability).toBeGreaterThan(0));
    }
    tagger.dispose!();
  });

  test('stops when it is aborted', async () => {
    const { model, corpus } = await toyModel(['pos']);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(collect(networkTagger({ model }).tag(corpus.sentences, { signal }))).rejects.toThrow('enough');
    model.dispose();
  });
});

describe('attribute', () => {
  test('is the slope of the log-odds along each word vector', async () => {
    const { model, corpus } = await toyModel(['chunk', 'pos']);
    const sentence = corpus.sentences[2]!;
    const found = attribute(model, sentence, { token: 1, column: 1 });
    const head = model.heads[1]!;
    const [{ batch }] = [...inferenceBatches([sentence], model.facts, model.config)] as [
      ReturnType<typeof inferenceBatches> extends Iterable<infer Item> ? Item : never,
    ];
    const id = head.column.tags.tokens.indexOf(found.tag);
    /** s with the vector of one word made longer by a share ε */
    const logOdds = (word: number, epsilon: number) =>
      tf.tidy(() => {
        const scale = tf.tensor3d(
          sentence.tokens.map((_, t) => (t === word ? 1 + epsilon : 1)),
          [sentence.tokens.length, 1, 1],
        );
        const scores = head.emissions(model.encode(tf.mul(model.embed(batch), scale), batch)).dataSync();
        const size = head.column.tags.size;
        const row = Float64Array.from(scores.slice(size, 2 * size));
        return row[id]! - Math.log(row.reduce((sum, score, k) => sum + (k === id ? 0 : Math.exp(score)), 0));
      });
    expect(found.logOdds).toBeCloseTo(logOdds(0, 0), 4);
    const epsilon = 0.02;
    sentence.tokens.forEach((_, word) => {
      const slope = (logOdds(word, epsilon) - logOdds(word, -epsilon)) / (2 * epsilon);
      expect(found.words[word]).toBeCloseTo(slope, 3);
      const parts = found.parts.reduce((sum, part) => sum + part.words[word]!, 0);
      expect(parts).toBeCloseTo(found.words[word]!, 6);
    });
    expect(found.parts.map(({ name }) => name)).toEqual(['words', 'characters', 'casing']);
    expect(found.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(Math.max(...found.words.map(Math.abs))).toBeGreaterThan(0.01);
    model.dispose();
  });

  test('takes any tag, and labels of a token; what is not there is refused', async () => {
    const { model, corpus } = await toyModel(['chunk', 'features'], { data: { labelSeparator: '|' } });
    const sentence = corpus.sentences[0]!;
    const tags = ['S-NP', 'B-NP'].map((tag) => attribute(model, sentence, { token: 0, tag }).logOdds);
    expect(tags[0]).not.toBeCloseTo(tags[1]!, 3);
    expect(attribute(model, sentence, { token: 3, column: 1, tag: 'Plur' }).tag).toBe('Plur');
    const wrong = (options: { token: number; column?: number; tag?: string }) => () =>
      attribute(model, sentence, options);
    expect(wrong({ token: 5 })).toThrow('there is no token 5; they are 0 … 4');
    expect(wrong({ token: 0, column: 2 })).toThrow('there is no column of tags 2; they are 0 … 1');
    expect(wrong({ token: 0, tag: 'S-MP' })).toThrow('column "chunk" has no tag "S-MP"; did you mean S-NP?');
    model.dispose();
  });
});

test.each(['pos', 'chunk'] as const)(
  '%s: evaluation counts a tag that training does not have as wrong',
  async (name) => {
    const { config, prepared, model } = await toyModel([name]);

    const { splits, spellings, facts } = prepared;
    const unknown = splits.train.examples.map((example) => ({
      ...example,
      targets: [example.targets![0]!.map(() => -1)],
    }));
    const source = createBatchSource(unknown, { config, spellings, facts, part: 'valid' });
    for await (const batch of source.batches(0, randomKey(1), 0)) {
      tf.tidy(() => {
        const { sum, statistics } = taggingLoss(model, batch, { training: false });
        expect(sum.dataSync()[0]).toBeCloseTo(0, 5);
        expect(statistics!['0.tokens']).toBe(batch.count);
        expect(statistics!['0.correct']).toBe(0);
      });
    }
    model.dispose();
  },
);

test('a tag that is not known is none of the scheme, and not O', async () => {
  const { model, prepared } = await toyModel(['chunk']);
  const column = prepared.facts.columns[0]!;
  const ids = ['B-NP', 'E-NP'].map((tag) => column.tags.id(tag));
  expect(tagTexts(Int32Array.of(-1, ...ids, -1), column)).toEqual(['?', 'B-NP', 'I-NP', '?']);
  model.dispose();
});
