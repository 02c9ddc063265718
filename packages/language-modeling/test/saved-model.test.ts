import { CheckpointError, randomKey } from '@unroll/core';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  createLanguageModel,
  evaluateLanguageModel,
  loadLanguageModel,
  parseLanguageModelConfig,
  prepareText,
  saveLanguageModel,
} from '@unroll/language-modeling';
import { sampleText, textSource } from './sources.js';

// many small models take their time on a busy machine
vi.setConfig({ testTimeout: 30_000 });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-lm-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function saved(name: string, text = sampleText(20), hiddenSize = 6) {
  const config = parseLanguageModelConfig({ model: { hiddenSize }, batches: { batchSize: 2, truncationSteps: 4 } });
  const { vocabulary, splits } = await prepareText({ train: textSource(text) }, config);
  const model = createLanguageModel(config, vocabulary.size, randomKey(9));
  const path = join(folder, name);
  await saveLanguageModel(path, { model, vocabulary });
  const scores = await evaluateLanguageModel(model, splits.valid);
  model.dispose();
  return { path, vocabulary, splits, scores, config };
}

test('a model that was saved and loaded is the same model', async () => {
  const { path, vocabulary, splits, scores, config } = await saved('good');
  const loaded = await loadLanguageModel(path);
  expect(loaded.vocabulary.tokens).toEqual(vocabulary.tokens);
  expect(loaded.model.config).toEqual(config);
  expect(await evaluateLanguageModel(loaded.model, splits.valid)).toEqual(scores);
  loaded.model.dispose();
});

test('the vocabulary of another model is refused, of the same size too', async () => {
  const { path } = await saved('mine');
  const original = await readFile(join(path, 'vocabulary.json'), 'utf8');
  const { path: other } = await saved('other', 'another text with other letters '.repeat(10));
  for (const foreign of [await readFile(join(other, 'vocabulary.json'), 'utf8'), original.replace('"x"', '"ж"')]) {
    expect(foreign).not.toBe(original);
    await writeFile(join(path, 'vocabulary.json'), foreign);
    await expect(loadLanguageModel(path)).rejects.toThrow(CheckpointError);
    await expect(loadLanguageModel(path)).rejects.toThrow('is the vocabulary of another model');
  }
});

test('weights that do not fit the configuration are refused', async () => {
  const { path } = await saved('narrow');
  const { path: wide } = await saved('wide', sampleText(20), 8);
  await cp(join(wide, 'model.safetensors'), join(path, 'model.safetensors'));
  await expect(loadLanguageModel(path)).rejects.toMatchObject({ code: 'checkpoint/mismatch' });
  await expect(loadLanguageModel(path)).rejects.toThrow('narrow/model.safetensors');
});

test.each([
  ['model.safetensors', 'checkpoint/damaged'],
  ['config.json', 'checkpoint/config'],
  ['vocabulary.json', 'checkpoint/vocabulary'],
])('%s cut short or missing is told', async (name, code) => {
  const { path } = await saved(`broken-${name}`);
  const file = join(path, name);
  const content = await readFile(file);
  await writeFile(file, content.subarray(0, content.length - 9));
  await expect(loadLanguageModel(path)).rejects.toMatchObject({ code });
  await expect(loadLanguageModel(path)).rejects.toThrow(name);
  await rm(file);
  await expect(loadLanguageModel(path)).rejects.toMatchObject({ code: 'checkpoint/missing' });
  await expect(loadLanguageModel(path)).rejects.toThrow(name);
});

test('an edited weight is noticed', async () => {
  const { path } = await saved('edited');
  const file = join(path, 'model.safetensors');
  const content = await readFile(file);
  content[content.length - 3]! ^= 1;
  await writeFile(file, content);
  await expect(loadLanguageModel(path)).rejects.toThrow('was changed');
});
