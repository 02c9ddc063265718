import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomKey, toNamedArrays } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import {
  collectFacts,
  createTranslationModel,
  loadTranslationModel,
  modelFiles,
  networkTranslator,
  parseTranslationModel,
  saveTranslationModel,
  serializeTranslationModel,
  type TranslationConfigInput,
  type TranslationModel,
} from '../src/index.js';
import { configOf, pairsOf, smallPairs } from './pairs.js';

const folder = mkdtempSync(join(tmpdir(), 'unroll-translation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Tokenization = TranslationConfigInput['tokenization'];

async function modelOf(tokenization: Tokenization, pairs = smallPairs): Promise<TranslationModel> {
  const config = configOf(tokenization, {
    model: { embeddingSize: 5, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 6 } },
  });
  return createTranslationModel({ config, facts: await collectFacts(pairs, config), key: randomKey(3) });
}

async function translated(model: TranslationModel): Promise<unknown[]> {
  const translations = [];
  for await (const each of networkTranslator({ models: [model] }).translate(['ein Haus', '漢']))
    translations.push(each);
  return translations;
}

const common = ['config.json', 'model.safetensors'];
const separate = ['vocabulary.source.json', 'vocabulary.target.json'];

test.each([
  [{ unit: 'byte-pair' }, [...common, 'merges.txt', 'vocabulary.json']],
  [{ unit: 'byte-pair', joint: false }, [...common, 'merges.source.txt', 'merges.target.txt', ...separate]],
  [{ unit: 'word', joint: false }, [...common, ...separate]],
  [{ unit: 'character' }, [...common, 'vocabulary.json']],
] as const)('a model with %j that was saved translates the same; no tensor is left', async (tokenization, files) => {
  const before = tf.memory().numTensors;
  const model = await modelOf(tokenization);
  const place = join(folder, JSON.stringify(tokenization).replaceAll(/\W/g, ''));
  await saveTranslationModel(place, model);
  expect(new Set(readdirSync(place))).toEqual(new Set(files));
  const loaded = await loadTranslationModel(place);
  expect(loaded.config).toEqual(model.config);
  expect(loaded.facts).toEqual(model.facts);
  expect(loaded.facts.source === loaded.facts.target).toBe(model.facts.source === model.facts.target);
  expect(toNamedArrays(loaded.parameters)).toEqual(toNamedArrays(model.parameters));
  expect(await translated(loaded)).toEqual(await translated(model));
  model.dispose();
  loaded.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('merges are a file that subword-nmt reads', async () => {
  const model = await modelOf({ unit: 'byte-pair', words: 'whitespace' });
  const files = serializeTranslationModel(model);
  model.dispose();
  const [header, ...lines] = new TextDecoder().decode(files['merges.txt']).trimEnd().split('\n');
  expect(header).toBe('#version: 0.2');
  expect(lines.map((line) => line.split(' '))).toEqual(model.facts.source.merges);
});

/** Files of a model, some of them changed. */
async function filesWith(
  changed: Readonly<Record<string, (text: string) => string>>,
  tokenization: Tokenization = { unit: 'byte-pair' },
) {
  const model = await modelOf(tokenization);
  const files: Record<string, Uint8Array> = { ...serializeTranslationModel(model) };
  model.dispose();
  for (const [name, change] of Object.entries(changed)) {
    files[name] = new TextEncoder().encode(change(new TextDecoder().decode(files[name])));
  }
  return files;
}

const otherOf = 'is not the one that was saved with model.safetensors; use both of one run';

test.each([
  [
    'a vocabulary edited by hand',
    { 'vocabulary.json': (text: string) => text.replace('"Haus"', '"Hans"') },
    `run/vocabulary.json ${otherOf}`,
  ],
  [
    'a token there twice',
    { 'vocabulary.json': (text: string) => text.replace('[\n  "<pad>"', '[\n  "</s>",\n  "<pad>"') },
    'run/vocabulary.json is damaged',
  ],
  [
    'a vocabulary cut short',
    { 'vocabulary.json': (text: string) => text.slice(0, 90) },
    'run/vocabulary.json is no vocabulary file',
  ],
  [
    'a vocabulary of words',
    { 'vocabulary.json': (text: string) => text.replace('[\n  "<pad>"', '[\n  "_",\n  "<pad>"') },
    'its special tokens must be <pad> <unk> <s> </s>, the first with id 0',
  ],
  ['a merge less', { 'merges.txt': (text: string) => text.replace(/\n[^\n]+\n$/, '\n') }, `run/merges.txt ${otherOf}`],
  [
    'a merge that is none',
    { 'merges.txt': (text: string) => text.replace('i n', 'i n x') },
    /run\/merges.txt, line \d+: a merge is two pieces with one space between/,
  ],
  ['merges that are missing', { 'merges.txt': undefined }, 'run lacks merges.txt'],
  [
    'a configuration of another task',
    { 'config.json': () => '{"text":{}}' },
    'run/config.json is no configuration of a translation model',
  ],
  [
    'a configuration of another width',
    { 'config.json': (text: string) => text.replace('"embeddingSize": 5', '"embeddingSize": 8') },
    /run\/model.safetensors: .*/,
  ],
] as const)('%s is one clear line', async (_, changed, message) => {
  const before = tf.memory().numTensors;
  const { 'merges.txt': merges, ...others } = await filesWith(
    Object.fromEntries(Object.entries(changed).flatMap(([name, change]) => (change ? [[name, change]] : []))),
  );
  const files =
    'merges.txt' in changed && changed['merges.txt'] === undefined ? others : { ...others, 'merges.txt': merges! };
  let caught: unknown;
  try {
    parseTranslationModel(files, 'run');
  } catch (error) {
    caught = error;
  }
  expect(caught).toMatchObject({ name: 'CheckpointError', message: expect.stringMatching(message) as string });
  expect((caught as Error).message).not.toContain('\n');
  expect(tf.memory().numTensors).toBe(before);
});

test('weights of another model are noticed by its files', async () => {
  const other = await modelOf({ unit: 'byte-pair' }, pairsOf('x y = z', 'z y = x'));
  const weights = serializeTranslationModel(other)[modelFiles.weights]!;
  other.dispose();
  const files = { ...(await filesWith({})), [modelFiles.weights]: weights };
  expect(() => parseTranslationModel(files, 'run')).toThrow(otherOf);
});

test('a folder without a model says what is missing', async () => {
  const place = mkdtempSync(join(folder, 'empty-'));
  await expect(loadTranslationModel(place)).rejects.toThrow(
    `${place} lacks config.json; give the folder of a trained model`,
  );
  const model = await modelOf({ unit: 'word' });
  await saveTranslationModel(place, model);
  model.dispose();
  const path = join(place, modelFiles.weights);
  writeFileSync(path, readFileSync(path).subarray(0, 100));
  await expect(loadTranslationModel(place)).rejects.toThrow(path);
});
