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
import { translationConfigSchema } from './config.js';
import { createEmptyTranslationModel } from './model.js';
import { factFiles, parseTranslationFacts, serializeTranslationFacts } from './saved-facts.js';
import type { TranslationModel } from './types.js';

/** The files of a saved model. Of those of facts, `tokenization` says which are there. */
export const modelFiles = { config: 'config.json', weights: 'model.safetensors', ...factFiles } as const;

type Described = Pick<TranslationModel, 'config' | 'facts'>;

/** What a model file says of itself, so that another's vocabulary or merges are noticed when it is loaded. */
export function modelMetadata(model: Described): Readonly<Record<string, string>> {
  const files = Object.entries(modelArtifacts(model));
  return {
    'unroll.task': 'translation',
    ...Object.fromEntries(files.map(([name, content]) => [metadataName(name), fingerprint(content)])),
  };
}

function metadataName(file: string): string {
  return `unroll.file.${file}`;
}

/** The files of a model besides configuration and weights, by name. A run writes them once, for they do not change in training. */
export function modelArtifacts({ config, facts }: Described): SavedFiles {
  return serializeTranslationFacts(facts, config.tokenization);
}

/** A model as files by name. */
export function serializeTranslationModel(model: TranslationModel): SavedFiles {
  return {
    [modelFiles.config]: new TextEncoder().encode(`${JSON.stringify(model.config, null, 2)}\n`),
    [modelFiles.weights]: serializeModel(toNamedArrays(model.parameters), modelMetadata(model)),
    ...modelArtifacts(model),
  };
}

/**
 * The inverse of `serializeTranslationModel`, for any place that files can come from. The caller disposes the model.
 *
 * @param where - of the files, for messages
 * @throws {CheckpointError} `checkpoint/config`, `checkpoint/vocabulary`, `checkpoint/merges`, `checkpoint/facts`,
 * `checkpoint/damaged`, `checkpoint/missing`, `checkpoint/mismatch`
 */
export function parseTranslationModel(files: SavedFiles, where: string): TranslationModel {
  const file = (name: string) => savedFile(files, name, where);
  const path = (name: string) => `${where}/${name}`;
  const config = parseSavedConfig(translationConfigSchema, file(modelFiles.config), {
    path: path(modelFiles.config),
    what: 'a translation model',
  });
  const facts = parseTranslationFacts(files, where, config.tokenization);
  const { arrays, metadata } = parseModel(file(modelFiles.weights), path(modelFiles.weights));
  for (const name of Object.keys(serializeTranslationFacts(facts, config.tokenization))) {
    const expected = metadata[metadataName(name)];
    if (expected === undefined || expected === fingerprint(file(name))) continue;
    const message = `${path(name)} is not the one that was saved with ${modelFiles.weights}; use both of one run`;
    throw new CheckpointError('checkpoint/facts', message);
  }
  const model = createEmptyTranslationModel({ config, facts });
  try {
    assignSavedArrays(model.parameters, arrays, path(modelFiles.weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/**
 * Writes a model into a folder, which is made if need be: `config.json`, `model.safetensors`, vocabularies and merges.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveTranslationModel(folder: string, model: TranslationModel): Promise<void> {
  const { writeModelFolder } = await import('@unroll/core/node');
  await writeModelFolder(folder, serializeTranslationModel(model));
}

/** All files that a saved model may have. */
export const modelFileNames: readonly string[] = Object.values(modelFiles).flatMap((names) =>
  typeof names === 'string' ? [names] : Object.values(names),
);

/**
 * Reads a model from a folder that `saveTranslationModel` or a training run wrote. The caller disposes the model.
 *
 * @throws {CheckpointError} as `parseTranslationModel`; `checkpoint/missing` if a file is not there
 * @throws {DataError} `file/…` if a file cannot be read
 */
export async function loadTranslationModel(folder: string): Promise<TranslationModel> {
  const { readModelFolder } = await import('@unroll/core/node');
  return parseTranslationModel(await readModelFolder(folder, modelFileNames), folder);
}
