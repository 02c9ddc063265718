import {
  assignArrays,
  CheckpointError,
  isUnrollError,
  parseConfig,
  parseModel,
  serializeModel,
  toNamedArrays,
  Vocabulary,
} from '@unroll/core';
import { languageModelConfigSchema, type LanguageModelConfig } from './config.js';
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
export function serializeLanguageModel({
  model,
  vocabulary,
}: SavedLanguageModel): Readonly<Record<string, Uint8Array>> {
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
export function parseLanguageModel(files: Readonly<Record<string, Uint8Array>>, where: string): SavedLanguageModel {
  const file = (name: string) => {
    const content = files[name];
    if (content) return content;
    throw new CheckpointError('checkpoint/missing', `${where} lacks ${name}; give the folder of a trained model`);
  };
  const path = (name: string) => `${where}/${name}`;
  const config = parseSavedConfig(file(modelFiles.config), path(modelFiles.config));
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
    assignArrays(model.parameters, arrays);
  } catch (error) {
    model.dispose();
    throw isUnrollError(error) ? inFile(error, path(modelFiles.weights)) : error;
  }
  return { model, vocabulary };
}

/**
 * Writes a model into a folder, which is made if need be: `config.json`, `model.safetensors`, `vocabulary.json`.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveLanguageModel(folder: string, saved: SavedLanguageModel): Promise<void> {
  const { fileError, writeFileAtomically } = await import('@unroll/core/node');
  const { mkdir } = await import('node:fs/promises');
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'make the folder', folder);
  });
  for (const [name, content] of Object.entries(serializeLanguageModel(saved))) {
    await writeFileAtomically(`${folder}/${name}`, content);
  }
}

/**
 * Reads a model from a folder that `saveLanguageModel` or a training run wrote. The caller disposes the model.
 *
 * @throws {CheckpointError} as `parseLanguageModel`; `checkpoint/missing` if a file is not there
 * @throws {DataError} `file/…` if a file cannot be read
 */
export async function loadLanguageModel(folder: string): Promise<SavedLanguageModel> {
  const { fileError } = await import('@unroll/core/node');
  const { readFile } = await import('node:fs/promises');
  const files: Record<string, Uint8Array> = {};
  for (const name of Object.values(modelFiles)) {
    try {
      files[name] = await readFile(`${folder}/${name}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, 'read', `${folder}/${name}`);
    }
  }
  return parseLanguageModel(files, folder);
}

function parseSavedConfig(bytes: Uint8Array, path: string): LanguageModelConfig {
  try {
    return parseConfig(languageModelConfigSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    const reason = isUnrollError(error) ? error.message.replace('unroll: ', '') : 'it is no JSON';
    const message = `${path} is no configuration of a language model: ${reason}`;
    throw new CheckpointError('checkpoint/config', message, { cause: error });
  }
}

function inFile(error: Error & { readonly code?: string }, path: string): CheckpointError {
  const message = `${path}: ${error.message.replace('unroll: ', '')}`;
  return new CheckpointError(error.code ?? 'checkpoint/mismatch', message, { cause: error });
}
