import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRecognizer,
  loadRecognitionModel,
  modelFiles,
  parseRecognitionModel,
  saveRecognitionModel,
  serializeRecognitionModel,
  type AudioRecognitionConfigInput,
  type Recognition,
  type RecognitionModel,
} from '@unroll/audio-recognition';
import { toNamedArrays, type SavedFiles } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { smallModel } from './models.js';
import { recordingOf, toneWord } from './tones.js';

const folder = mkdtempSync(join(tmpdir(), 'unroll-recogniser-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const front = [{ filters: 2, kernel: [3, 3] as [number, number] }];

async function resultsOf(model: RecognitionModel): Promise<readonly Recognition[]> {
  const recordings = ['a', 'bcd'].map((word) => recordingOf(toneWord(word), { name: word }));
  const results: Recognition[] = [];
  for await (const result of createRecognizer(model).recognize(recordings, { posteriors: true })) results.push(result);
  return results;
}

test.each([
  ['classify', { model: { convolutions: front, dense: [4] } }],
  ['speaker', { model: { pooling: 'attention' } }],
  ['transcribe', { model: { cell: 'lstm', bidirectional: false } }],
] as const)('a model of the task %s comes back from its files as it was', async (task, input) => {
  const model = smallModel({ ...(input as AudioRecognitionConfigInput), task });
  // running statistics that are not those of a new model
  Object.values(model.buffers).forEach((buffer, i) => buffer.assign(tf.fill(buffer.shape, 0.5 + i)));
  const path = join(folder, task);
  await saveRecognitionModel(path, model);
  const loaded = await loadRecognitionModel(path);
  expect(loaded.config).toEqual(model.config);
  expect(loaded.facts).toEqual(model.facts);
  expect(toNamedArrays(loaded.buffers)).toEqual(toNamedArrays(model.buffers));
  expect(await resultsOf(loaded)).toEqual(await resultsOf(model));
  model.dispose();
  loaded.dispose();
});

function changed(files: SavedFiles, name: string, change: (text: string) => string): SavedFiles {
  return { ...files, [name]: new TextEncoder().encode(change(new TextDecoder().decode(files[name]))) };
}

test('files that do not belong together are refused, and no tensor stays behind', () => {
  const [model, other] = [smallModel(), smallModel({ task: 'speaker' })];
  const [files, others] = [serializeRecognitionModel(model), serializeRecognitionModel(other)];
  const before = tf.memory().numTensors;
  const load = (given: SavedFiles) => () => parseRecognitionModel(given, 'runs/x');
  expect(load({ ...files, [modelFiles.facts]: others[modelFiles.facts]! })).toThrow(
    'runs/x/facts.json is not the one that was saved with model.safetensors and config.json',
  );
  const renamed = changed(files, modelFiles.facts, (text) => text.replace('perhaps', 'maybe'));
  expect(load(renamed)).toThrow('is not the one that was saved with');
  const wider = changed(files, modelFiles.config, (text) => text.replace('"hiddenSize": 5', '"hiddenSize": 6'));
  expect(load(wider)).toThrow('runs/x/model.safetensors: the saved model does not fit');
  const foreign = changed(files, modelFiles.config, () => '{"task": "tagging"}');
  expect(load(foreign)).toThrow('runs/x/config.json is no configuration of a model for audio');
  expect(load(changed(files, modelFiles.facts, () => '{}'))).toThrow('does not say what sounds a model knows');
  expect(load({ [modelFiles.config]: files[modelFiles.config]! })).toThrow('runs/x lacks facts.json');
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
  other.dispose();
});
