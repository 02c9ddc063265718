import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomKey, toNamedArrays, type ByteSource } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import {
  createTaggingModel,
  loadTaggingModel,
  networkTagger,
  parseSequenceTaggingConfig,
  parseTaggingModel,
  prepareSentences,
  saveTaggingModel,
  serializeTaggingModel,
  type SequenceTaggingConfigInput,
  type TaggingModel,
} from '../src/index.js';
import { sentencesOf, setOf } from './small-corpus.js';

const folder = mkdtempSync(join(tmpdir(), 'unroll-tagger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = setOf('train', sentencesOf('Ann/B-PER Lee/I-PER saw/O Rome/B-LOC', 'she/O saw/O Oslo/B-LOC'));
const vectors: ByteSource = {
  name: 'vectors.txt',
  async *bytes() {
    yield await Promise.resolve(new TextEncoder().encode('ann 1 2 3\nsaw 3 4 5\nbergen 5 6 7\n'));
  },
};
const small: SequenceTaggingConfigInput['model'] = {
  hiddenSize: 5,
  layers: 1,
  featureSize: 2,
  suffixes: [2],
  characters: { kind: 'lstm', size: 3, hiddenSize: 4 },
};

async function modelOf(words: NonNullable<typeof small>['words'] = { size: 6 }): Promise<TaggingModel> {
  const prepared = await prepareSentences(
    { train, valid: train, test: setOf('test', sentencesOf('Bergen/B-LOC')) },
    parseSequenceTaggingConfig({ model: { ...small, words } }),
    { vectors },
  );
  return createTaggingModel({ ...prepared, key: randomKey(3) });
}

async function tagged(model: TaggingModel): Promise<unknown[]> {
  const sentences = sentencesOf('Bergen saw Ann', 'nobody 👍').map(({ line, tokens, features }) => ({
    line,
    tokens,
    features,
  }));
  const predictions = [];
  for await (const { columns } of networkTagger({ model }).tag(sentences, { probabilities: true })) {
    predictions.push(...columns.map(({ tags, marginals }) => ({ tags, marginals })));
  }
  return predictions;
}

test.each([
  ['random word vectors', { size: 6 }, ['config.json', 'facts.json', 'model.safetensors']],
  ['tuned ones of a file', { vectors: 'vectors.txt' }, ['config.json', 'facts.json', 'model.safetensors']],
  [
    'frozen ones',
    { vectors: 'vectors.txt', frozen: true },
    ['config.json', 'facts.json', 'model.safetensors', 'vectors.safetensors'],
  ],
])('a model with %s that was saved tags the same, without the file; no tensor is left', async (name, words, files) => {
  const before = tf.memory().numTensors;
  const model = await modelOf(words);
  const place = join(folder, name);
  await saveTaggingModel(place, model);
  expect(readdirSync(place).toSorted()).toEqual(files);
  const loaded = await loadTaggingModel(place);
  expect(loaded.facts).toEqual(model.facts);
  expect(loaded.config).toEqual(model.config);
  expect(toNamedArrays(loaded.frozen)).toEqual(toNamedArrays(model.frozen));
  expect(await tagged(loaded)).toEqual(await tagged(model));
  model.dispose();
  loaded.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

describe('files that do not belong together', () => {
  async function saved(words?: NonNullable<typeof small>['words']) {
    const model = await modelOf(words);
    const files = serializeTaggingModel(model);
    model.dispose();
    return { ...files };
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const edited = (bytes: Uint8Array, from: string, to: string) => {
    expect(text(bytes)).toContain(from);
    return new TextEncoder().encode(text(bytes).replace(from, to));
  };
  const opened = (files: Record<string, Uint8Array>) => () => parseTaggingModel(files, 'run');

  test('each is one line, and no tensor is left', async () => {
    const files = await saved();
    const before = tf.memory().numTensors;
    const facts = files['facts.json']!;
    const { 'facts.json': _, ...without } = files;
    expect(opened(without)).toThrow('run lacks facts.json');
    expect(opened({ ...files, 'facts.json': edited(facts, '"ann"', '"eve"') })).toThrow(
      'run/facts.json is not the one that was saved with model.safetensors; use both of one run',
    );
    expect(opened({ ...files, 'facts.json': facts.slice(0, 90) })).toThrow('run/facts.json does not say');
    expect(
      opened({ ...files, 'config.json': edited(files['config.json']!, '"hiddenSize": 5', '"hiddenSize": 7') }),
    ).toThrow(/^unroll: run\/model\.safetensors: the saved model does not fit: parameter ".*" must be float32/);
    expect(
      opened({ ...files, 'config.json': edited(files['config.json']!, '"suffixes": [', '"suffixes": [3,') }),
    ).toThrow('run/facts.json is of a model with other feature columns or suffixes than its config.json');
    expect(opened({ ...files, 'config.json': new TextEncoder().encode('{"text": {}}') })).toThrow(
      'run/config.json is no configuration of a tagging model',
    );
    const weights = files['model.safetensors']!.slice();
    weights[weights.length - 3]! ^= 64;
    expect(opened({ ...files, 'model.safetensors': weights })).toThrow(
      /model\.safetensors was changed after it was saved/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test('vectors of another model, and none where they are frozen', async () => {
    const files = await saved({ vectors: 'vectors.txt', frozen: true });
    const other = await saved();
    const { 'vectors.safetensors': _, ...without } = files;
    expect(opened(without)).toThrow('run lacks vectors.safetensors');
    const swapped = { ...files, 'vectors.safetensors': other['model.safetensors']! };
    expect(opened(swapped)).toThrow('facts.json is not the one that was saved with vectors.safetensors');
  });

  test('a folder without a model is named', async () => {
    await expect(loadTaggingModel(join(folder, 'nowhere'))).rejects.toThrow(/nowhere lacks config\.json/);
    const place = join(folder, 'bare');
    const model = await modelOf();
    await saveTaggingModel(place, model);
    model.dispose();
    writeFileSync(join(place, 'model.safetensors'), readFileSync(join(place, 'config.json')));
    await expect(loadTaggingModel(place)).rejects.toThrow(/bare\/model\.safetensors/);
  });
});
