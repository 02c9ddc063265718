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
import { sequenceTaggingConfigSchema, type SequenceTaggingConfig } from './config.js';
import { createEmptyTaggingModel } from './model.js';
import { parseTaggingFacts, serializeTaggingFacts } from './saved-facts.js';
import type { TaggingFacts, TaggingModel } from './types.js';

/** The files of a saved model. */
export const modelFiles = {
  config: 'config.json',
  weights: 'model.safetensors',
  facts: 'facts.json',
  /** word vectors that are not learnt; absent where there are none */
  vectors: 'vectors.safetensors',
} as const;

/** What a model file says of itself, so that another's `facts.json` or vectors are noticed when it is loaded. */
export function modelMetadata(facts: TaggingFacts): Readonly<Record<string, string>> {
  return { 'unroll.task': 'sequence-tagging', 'unroll.facts': fingerprint(serializeTaggingFacts(facts)) };
}

/** The files of a model besides configuration and weights, by name. A run writes them once, for they do not change in training. */
export function modelArtifacts({ facts, frozen }: Pick<TaggingModel, 'facts' | 'frozen'>): SavedFiles {
  const isFrozen = Object.keys(frozen).length > 0;
  return {
    [modelFiles.facts]: new TextEncoder().encode(serializeTaggingFacts(facts)),
    ...(isFrozen && { [modelFiles.vectors]: serializeModel(toNamedArrays(frozen), modelMetadata(facts)) }),
  };
}

/** A model as files by name. */
export function serializeTaggingModel(model: TaggingModel): SavedFiles {
  return {
    [modelFiles.config]: new TextEncoder().encode(`${JSON.stringify(model.config, null, 2)}\n`),
    [modelFiles.weights]: serializeModel(toNamedArrays(model.parameters), modelMetadata(model.facts)),
    ...modelArtifacts(model),
  };
}

/**
 * The inverse of `serializeTaggingModel`, for any place that files can come from. The caller disposes the model.
 *
 * @param where - of the files, for messages
 * @throws {CheckpointError} `checkpoint/config`, `checkpoint/facts`, `checkpoint/damaged`, `checkpoint/missing`, `checkpoint/mismatch`
 */
export function parseTaggingModel(files: SavedFiles, where: string): TaggingModel {
  const file = (name: string) => savedFile(files, name, where);
  const path = (name: string) => `${where}/${name}`;
  const config = parseSavedConfig(sequenceTaggingConfigSchema, file(modelFiles.config), {
    path: path(modelFiles.config),
    what: 'a tagging model',
  });
  const text = new TextDecoder().decode(file(modelFiles.facts));
  const facts = parseTaggingFacts(text, path(modelFiles.facts));
  const read = (name: string) => {
    const { arrays, metadata } = parseModel(file(name), path(name));
    if ((metadata['unroll.facts'] ?? fingerprint(text)) === fingerprint(text)) return arrays;
    const message = `${path(modelFiles.facts)} is not the one that was saved with ${name}; use both of one run`;
    throw new CheckpointError('checkpoint/facts', message);
  };
  const weights = read(modelFiles.weights);
  requireFeatures(config, facts, path(modelFiles.facts));
  const { vectors, frozen, size } = config.model.words;
  const isFrozen = vectors !== null && frozen;
  const table = isFrozen ? read(modelFiles.vectors) : weights;
  const model = createEmptyTaggingModel(config, facts, table['words.table']?.shape[1] ?? size);
  try {
    assignSavedArrays(model.parameters, weights, path(modelFiles.weights));
    if (isFrozen) assignSavedArrays(model.frozen, table, path(modelFiles.vectors));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** @throws {CheckpointError} `checkpoint/facts` if the configuration asks for other inputs than the facts are of */
function requireFeatures({ data, model }: SequenceTaggingConfig, facts: TaggingFacts, path: string): void {
  const fits = facts.features.length === data.features.length && facts.suffixes.length === model.suffixes.length;
  if (fits) return;
  const message = `${path} is of a model with other feature columns or suffixes than its ${modelFiles.config}; use both of one run`;
  throw new CheckpointError('checkpoint/facts', message);
}

/**
 * Writes a model into a folder, which is made if need be: `config.json`, `model.safetensors`, `facts.json`, and
 * `vectors.safetensors` of frozen word vectors.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveTaggingModel(folder: string, model: TaggingModel): Promise<void> {
  const { writeModelFolder } = await import('@unroll/core/node');
  await writeModelFolder(folder, serializeTaggingModel(model));
}

/**
 * Reads a model from a folder that `saveTaggingModel` or a training run wrote. The caller disposes the model.
 *
 * @throws {CheckpointError} as `parseTaggingModel`; `checkpoint/missing` if a file is not there
 * @throws {DataError} `file/…` if a file cannot be read
 */
export async function loadTaggingModel(folder: string): Promise<TaggingModel> {
  const { readModelFolder } = await import('@unroll/core/node');
  return parseTaggingModel(await readModelFolder(folder, Object.values(modelFiles)), folder);
}
