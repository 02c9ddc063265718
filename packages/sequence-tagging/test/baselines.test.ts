import { randomKey } from '@unroll/core';
import {
  baselineNames,
  baselinesFor,
  collectFacts,
  createBaseline,
  parseSequenceTaggingConfig,
  type Prediction,
  type Sentence,
  type SentenceSet,
  type SequenceTaggingConfigInput,
  type TagColumn,
} from '@unroll/sequence-tagging';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { toyCorpus } from './toy-corpus.js';

/** Sentences of `word/TAG`. */
function corpus(texts: readonly string[], times = 1): SentenceSet {
  const sentences = Array.from({ length: times }, () => texts)
    .flat()
    .map((text, i): Sentence => {
      const pairs = text.split(' ').map((pair) => pair.split('/'));
      return {
        line: i + 1,
        tokens: pairs.map(([word]) => word!),
        tags: [pairs.map(([, tag]) => tag!)],
        features: [],
      };
    });
  return { name: 'corpus', columns: { tags: ['tag'], features: [] }, sentences };
}

const words = (text: string): Sentence => ({ line: 1, tokens: text === '' ? [] : text.split(' '), features: [] });

function columnsOf(set: SentenceSet, input: SequenceTaggingConfigInput): readonly TagColumn[] {
  return collectFacts(set, parseSequenceTaggingConfig(input)).columns;
}

async function fit(name: string, set: SentenceSet, input: SequenceTaggingConfigInput = {}) {
  const columns = columnsOf(set, input);
  const { sentences } = set;
  return createBaseline(name, { sentences, columns, config: parseSequenceTaggingConfig(input), key: randomKey(5) });
}

async function all(predictions: AsyncIterable<Prediction>): Promise<Prediction[]> {
  const found: Prediction[] = [];
  for await (const prediction of predictions) found.push(prediction);
  return found;
}

describe('most-frequent', () => {
  test('a word has its most frequent tag, an unknown one that of the words that are there once', async () => {
    const set = corpus(['run/V run/V run/N the/D the/D', 'tie/N tie/V', 'the/D cat/N', 'dog/N Rex/E', 'runs/V']);
    const tagger = await fit('most-frequent', set);
    const [prediction] = await all(tagger.tag([words('run the cat unheard tie')]));
    // "tie" has both tags once; V is there four times, N four times, so the first of the alphabet wins.
    expect(prediction!.columns[0]!.tags).toEqual(['V', 'D', 'N', 'N', 'N']);
    // Of those that are there once: cat and dog are N, Rex is E, runs is V.
    expect(Array.from(prediction!.columns[0]!.probabilities!)).toEqual([2 / 3, 1, 1, 0.5, 0.5]);
  });

  test('the same labels in another order are the same', async () => {
    const set = corpus(['mice/Plur|Noun mice/Noun|Plur mice/Noun', 'a/_ a/_']);
    const tagger = await fit('most-frequent', set, { data: { labelSeparator: '|' } });
    const [prediction] = await all(tagger.tag([words('mice a')]));
    expect(prediction!.columns[0]!.tags).toEqual(['Noun|Plur', '_']);
  });
});

describe('brill', () => {
  const set = corpus(
    [
      'the/D run/N was/V long/A',
      'to/P run/V is/V fun/N',
      'the/D run/N is/V here/R',
      'to/P run/V was/V long/A',
      'to/P the/D run/N',
    ],
    6,
  );

  test('rules change the tags of words by what stands beside them', async () => {
    const tagger = await fit('brill', set);
    const [prediction] = await all(tagger.tag([words('to run to the run')]));
    expect(prediction!.columns[0]!.tags).toEqual(['P', 'V', 'P', 'D', 'N']);
    const without = await fit('most-frequent', set);
    const [unchanged] = await all(without.tag([words('to run')]));
    expect(unchanged!.columns[0]!.tags).toEqual(['P', 'N']);
  });

  test('words that are there once teach rules for unknown ones', async () => {
    const names = ['Rex', 'Ada', 'Mira', 'Lindau', 'Olm'].map((name) => `we/P met/V ${name}/E`);
    const nouns = ['dogs', 'loaves', 'bakers', 'walkers', 'cats', 'jokers'].map((noun) => `they/P met/V ${noun}/N`);
    const tagger = await fit('brill', corpus([...names, ...nouns]));
    const predictions = await all(tagger.tag([words('we met Zora'), words('we met zebras')]));
    expect(predictions.map(({ columns }) => columns[0]!.tags)).toEqual([
      ['P', 'V', 'E'],
      ['P', 'V', 'N'],
    ]);
  });

  test('takes words that natural does not expect', async () => {
    const tagger = await fit('brill', set);
    const tokens = ['', '__proto__', 'constructor', '👍🏽', 'run'];
    const [prediction] = await all(tagger.tag([{ line: 1, tokens, features: [] }]));
    expect(prediction!.columns[0]!.tags).toHaveLength(5);
    for (const tag of prediction!.columns[0]!.tags) expect(['D', 'N', 'V', 'A', 'P', 'R']).toContain(tag);
  });
});

describe('feature-crf', () => {
  test('learns chunks by heart, with probabilities of tags and spans', async () => {
    const before = tf.memory().numTensors;
    const set = toyCorpus(['chunk'], 3);
    const tagger = await fit('feature-crf', set);
    const predictions = await all(tagger.tag(set.sentences, { probabilities: true }));
    expect(predictions.map(({ columns }) => columns[0]!.tags)).toEqual(set.sentences.map(({ tags }) => tags![0]));
    const { probabilities, marginals, spans } = predictions[0]!.columns[0]!;
    const size = tagger.columns[0]!.tags.size;
    probabilities!.forEach((probability, token) => {
      const ofTags = marginals!.slice(token * size, (token + 1) * size);
      expect(ofTags.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);
      expect(probability).toBe(Math.max(...ofTags));
    });
    expect(spans!.map(({ type, start, end }) => `${type} ${start} ${end}`)).toEqual(['NP 0 3', 'VP 3 4', 'NP 4 5']);
    spans!.forEach(({ probability, start }) => expect(probability).toBeLessThanOrEqual(probabilities![start]! + 1e-6));
    tagger.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('knows an unknown word by its letters and its neighbours', async () => {
    const set = corpus(
      ['the/D baker/N bakes/V', 'a/D walker/N walks/V', 'the/D joker/N jokes/V', 'a/D baker/N walks/V'],
      3,
    );
    const tagger = await fit('feature-crf', set);
    const [prediction] = await all(tagger.tag([words('the dancer dances')]));
    expect(prediction!.columns[0]!.tags).toEqual(['D', 'N', 'V']);
    tagger.dispose();
  });

  test('several columns have a model each, and the same key gives the same numbers', async () => {
    const set = toyCorpus(['chunk', 'pos'], 2);
    const [first, second] = [await fit('feature-crf', set), await fit('feature-crf', set)];
    const tagged = [];
    for (const tagger of [first, second]) {
      tagged.push(await all(tagger.tag(set.sentences, { probabilities: true })));
      tagger.dispose();
    }
    expect(tagged[0]![0]!.columns.map(({ tags }) => tags)).toEqual(set.sentences[0]!.tags);
    expect(tagged[1]!.map(({ columns }) => columns)).toEqual(tagged[0]!.map(({ columns }) => columns));
  });

  test('empty and long sentences in one group, in order', async () => {
    const set = toyCorpus(['chunk'], 2);
    const tagger = await fit('feature-crf', set);
    const long = words(Array.from({ length: 1000 }, () => 'the old baker bakes bread').join(' '));
    const group = [words(''), long, set.sentences[1]!, words('')];
    const predictions = await all(tagger.tag(group));
    expect(predictions.map(({ sentence }) => sentence)).toEqual(group);
    expect(predictions.map(({ columns }) => columns[0]!.tags.length)).toEqual([0, 5000, 4, 0]);
    expect(predictions[2]!.columns[0]!.tags).toEqual(set.sentences[1]!.tags![0]);
    tagger.dispose();
  });
});

test('with streaming a sentence is tagged before the next is asked for', async () => {
  const tagger = await fit('most-frequent', toyCorpus(['pos']));
  const asked: string[] = [];
  async function* sentences() {
    for (const text of ['the', 'bread']) {
      asked.push(text);
      yield words(text);
    }
  }
  for await (const { sentence } of tagger.tag(sentences(), { streaming: true })) {
    expect(asked.at(-1)).toBe(sentence.tokens[0]);
  }
  expect(asked).toEqual(['the', 'bread']);
});

test('which baselines fit, and what is said otherwise', async () => {
  const none = { data: { labelSeparator: '' } };
  expect(baselinesFor(columnsOf(toyCorpus(['pos']), none))).toEqual(baselineNames);
  expect(baselinesFor(columnsOf(toyCorpus(['pos', 'chunk']), none))).toEqual(['most-frequent', 'feature-crf']);
  expect(baselinesFor(columnsOf(toyCorpus(['features']), { data: { labelSeparator: '|' } }))).toEqual([
    'most-frequent',
  ]);
  await expect(fit('frequent', toyCorpus(['pos']))).rejects.toMatchObject({ code: 'config/baseline' });
  await expect(fit('brill', toyCorpus(['chunk']))).rejects.toThrow('brill cannot tag column chunk, which has spans');
  const columns = columnsOf(toyCorpus(['pos']), none);
  const options = { columns, config: parseSequenceTaggingConfig({}), key: randomKey(1) };
  await expect(createBaseline('most-frequent', { ...options, sentences: [words('')] })).rejects.toMatchObject({
    code: 'data/empty',
  });
});

test('fitting ends when it is told to', async () => {
  const { sentences } = toyCorpus(['pos'], 20);
  const columns = columnsOf(toyCorpus(['pos']), {});
  const options = { sentences, columns, config: parseSequenceTaggingConfig({}), key: randomKey(1) };
  const before = tf.memory().numTensors;
  await expect(createBaseline('feature-crf', { ...options, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  expect(tf.memory().numTensors).toBe(before);
});
