import {
  assignSavedArrays,
  CheckpointError,
  parseModel,
  parseSavedConfig,
  savedFile,
  serializeModel,
  toNamedArrays,
  Vocabulary,
  type SavedFiles,
} from '@unroll/core';
import { languageModelConfigSchema } from './config.js';
import { createEmptyLanguageModel } from './model.js';
import type { LanguageModel } from './types.js';

/** The files of a saved model. */
export const modelFiles = {
  config: 'config.json',
  weights: 'model.safetensors',
  vocabulary: 'vocabulary.json',
} as const;

export interface SavedLanguageModel {
  readonly model: LanguageModel;
  readonly vocabulary: Vocabulary;
}

/** What a model file says of itself, so that another's vocabulary is noticed when it is loaded. */
export function modelMetadata(vocabulary: Vocabulary): Readonly<Record<string, string>> {
  return { 'unroll.task': 'language-modeling', 'unroll.vocabulary': vocabulary.fingerprint() };
}

/** A model as files by name. */
export function serializeLanguageModel({ model, vocabulary }: SavedLanguageModel): SavedFiles {
  const text = new TextEncoder();
  return {
    [modelFiles.config]: text.encode(`${JSON.stringify(model.config, null, 2)}\n`),
    [modelFiles.weights]: serializeModel(toNamedArrays(model.parameters), modelMetadata(vocabulary)),
    [modelFiles.vocabulary]: text.encode(vocabulary.serialize()),
  };
}

/**
 * The inverse of `serializeLanguageModel`, for any place that files can come from. The caller disposes the model.
 *
 * @param where - of the files, for messages
 * @throws {CheckpointError} `checkpoint/config`, `checkpoint/damaged`, `checkpoint/vocabulary`, `checkpoint/mismatch`
 */
export function parseLanguageModel(files: SavedFiles, where: string): SavedLanguageModel {
  const file = (name: string) => savedFile(files, name, where);
  const path = (name: string) => `${where}/${name}`;
  const config = parseSavedConfig(languageModelConfigSchema, file(modelFiles.config), {
    path: path(modelFiles.config),
    what: 'a language model',
  });
  const vocabularyText = new TextDecoder().decode(file(modelFiles.vocabulary));
  const vocabulary = Vocabulary.parse(vocabularyText, path(modelFiles.vocabulary));
  const { arrays, metadata } = parseModel(file(modelFiles.weights), path(modelFiles.weights));
  const expected = metadata['unroll.vocabulary'] ?? vocabulary.fingerprint();
  const size = arrays['head.bias']?.shape[0] ?? vocabulary.size;
  if (expected !== vocabulary.fingerprint() || size !== vocabulary.size) {
    const message = `${path(modelFiles.vocabulary)} is the vocabulary of another model; use the one saved with ${modelFiles.weights}`;
    throw new CheckpointError('checkpoint/vocabulary', message);
  }
  const model = createEmptyLanguageModel(config, vocabulary.size);
  try {
    assignSavedArrays(model.parameters, arrays, path(modelFiles.weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, vocabulary };
}

/**
 * Writes a model into a folder, which is made if need be: `config.json`, `model.safetensors`, `vocabulary.json`.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveLanguageModel(folder: string, saved: SavedLanguageModel): Promise<void> {
  const { writeModelFolder } = await import('@unroll/core/node');
  await writeModelFolder(folder, serializeLanguageModel(saved));
}

/**
 * Reads a model from a folder that `saveLanguageModel` or a training run wrote. The caller disposes the model.
 *
 * @throws {CheckpointError} as `parseLanguageModel`; `checkpoint/missing` if a file is not there
 * @throws {DataError} `file/…` if a file cannot be read
 */
export async function loadLanguageModel(folder: string): Promise<SavedLanguageModel> {
  const { readModelFolder } = await import('@unroll/core/node');
  return parseLanguageModel(await readModelFolder(folder, Object.values(modelFiles)), folder);
}
