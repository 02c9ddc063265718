import {
  assignSavedArrays,
  CheckpointError,
  fingerprint,
  parseModel,
  parseSavedConfig,
  savedFile,
  serializeModel,
  toNamedArrays,
  type SavedFiles,
} from '@unroll/core';
import { audioRecognitionConfigSchema } from './config.js';
import { createEmptyRecognitionModel } from './model.js';
import { parseRecognitionFacts, serializeRecognitionFacts } from './saved-facts.js';
import type { RecognitionFacts, RecognitionModel } from './types.js';

/** The files of a saved model. */
export const modelFiles = {
  config: 'config.json',
  /** weights, and running statistics of batch normalisation */
  weights: 'model.safetensors',
  facts: 'facts.json',
} as const;

/** What a model file says of itself, so that another's `facts.json` is noticed when it is loaded. */
export function modelMetadata(facts: RecognitionFacts): Readonly<Record<string, string>> {
  return { 'unroll.task': 'audio-recognition', 'unroll.facts': fingerprint(serializeRecognitionFacts(facts)) };
}

/** The files of a model besides configuration and weights, by name. A run writes them once, for they do not change in training. */
export function modelArtifacts({ facts }: Pick<RecognitionModel, 'facts'>): SavedFiles {
  return { [modelFiles.facts]: new TextEncoder().encode(serializeRecognitionFacts(facts)) };
}

/** A model as files by name. */
export function serializeRecognitionModel(model: RecognitionModel): SavedFiles {
  const arrays = toNamedArrays({ ...model.parameters, ...model.buffers });
  return {
    [modelFiles.config]: new TextEncoder().encode(`${JSON.stringify(model.config, null, 2)}\n`),
    [modelFiles.weights]: serializeModel(arrays, modelMetadata(model.facts)),
    ...modelArtifacts(model),
  };
}

/**
 * The inverse of `serializeRecognitionModel`, for any place that files can come from. The caller disposes the model.
 *
 * @param where - of the files, for messages
 * @throws {CheckpointError} `checkpoint/config`, `checkpoint/facts`, `checkpoint/task`, `checkpoint/damaged`, `checkpoint/missing`,
 * `checkpoint/mismatch`
 */
export function parseRecognitionModel(files: SavedFiles, where: string): RecognitionModel {
  const file = (name: string) => savedFile(files, name, where);
  const path = (name: string) => `${where}/${name}`;
  const config = parseSavedConfig(audioRecognitionConfigSchema, file(modelFiles.config), {
    path: path(modelFiles.config),
    what: 'a model for audio',
  });
  const text = new TextDecoder().decode(file(modelFiles.facts));
  const facts = parseRecognitionFacts(text, path(modelFiles.facts));
  const { arrays, metadata } = parseModel(file(modelFiles.weights), path(modelFiles.weights));
  const ofAnother = (metadata['unroll.facts'] ?? fingerprint(text)) !== fingerprint(text) || facts.task !== config.task;
  if (ofAnother) {
    const message = `${path(modelFiles.facts)} is not the one that was saved with ${modelFiles.weights} and ${modelFiles.config}; use all of one run`;
    throw new CheckpointError('checkpoint/facts', message);
  }
  const model = createEmptyRecognitionModel(config, facts);
  try {
    assignSavedArrays({ ...model.parameters, ...model.buffers }, arrays, path(modelFiles.weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/**
 * Writes a model into a folder, which is made if need be: `config.json`, `model.safetensors` and `facts.json`.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveRecognitionModel(folder: string, model: RecognitionModel): Promise<void> {
  const { writeModelFolder } = await import('@unroll/core/node');
  await writeModelFolder(folder, serializeRecognitionModel(model));
}

/**
 * Reads a model from a folder that `saveRecognitionModel` or a training run wrote. The caller disposes the model.
 *
 * @throws {CheckpointError} as `parseRecognitionModel`; `checkpoint/missing` if a file is not there
 * @throws {DataError} `file/…` if a file cannot be read
 */
export async function loadRecognitionModel(folder: string): Promise<RecognitionModel> {
  const { readModelFolder } = await import('@unroll/core/node');
  return parseRecognitionModel(await readModelFolder(folder, Object.values(modelFiles)), folder);
}
