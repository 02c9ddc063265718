import {
  assignSavedArrays,
  CheckpointError,
  fingerprint,
  parseModel,
  parseSavedConfig,
  randomKey,
  savedFile,
  serializeModel,
  toNamedArrays,
  type SavedFiles,
} from '@unroll/core';
import { isBaselineName } from './baselines/create-baseline.js';
import { forecastingConfigSchema, type ForecastingConfig } from './config.js';
import { createForecastModel } from './model.js';
import { parsePanelFacts, serializePanelFacts } from './saved-facts.js';
import type { ForecastModel, PanelFacts } from './types.js';

/** The files of a saved model. */
export const modelFiles = {
  config: 'config.json',
  weights: 'model.safetensors',
  series: 'series.json',
} as const;

export interface SavedForecastModel {
  readonly config: ForecastingConfig;
  readonly facts: PanelFacts;
  /** absent where `config.model` is a baseline, which has no weights */
  readonly model?: ForecastModel;
}

/** What a model file says of itself, so that another's `series.json` is noticed when it is loaded. */
export function modelMetadata(facts: PanelFacts): Readonly<Record<string, string>> {
  return { 'unroll.task': 'forecasting', 'unroll.series': fingerprint(serializePanelFacts(facts)) };
}

/** A model as files by name. */
export function serializeForecastModel(saved: SavedForecastModel): SavedFiles {
  const { config, facts, model } = saved;
  const text = new TextEncoder();
  return {
    [modelFiles.config]: text.encode(`${JSON.stringify(config, null, 2)}\n`),
    [modelFiles.weights]: serializeModel(model ? toNamedArrays(model.parameters) : {}, modelMetadata(facts)),
    [modelFiles.series]: text.encode(serializePanelFacts(facts)),
  };
}

/**
 * The inverse of `serializeForecastModel`, for any place that files can come from. The caller disposes the model.
 *
 * @param where - of the files, for messages
 * @throws {CheckpointError} `checkpoint/config`, `checkpoint/series`, `checkpoint/damaged`, `checkpoint/mismatch`
 */
export function parseForecastModel(files: SavedFiles, where: string): SavedForecastModel {
  const file = (name: string) => savedFile(files, name, where);
  const path = (name: string) => `${where}/${name}`;
  const config = configOf(file(modelFiles.config), path(modelFiles.config));
  const { arrays, metadata } = parseModel(file(modelFiles.weights), path(modelFiles.weights));
  const series = new TextDecoder().decode(file(modelFiles.series));
  const expected = metadata['unroll.series'];
  if (expected !== undefined && expected !== fingerprint(series)) {
    const message = `${path(modelFiles.series)} is not the one that was saved with ${modelFiles.weights}; use both of one run`;
    throw new CheckpointError('checkpoint/series', message);
  }
  const facts = parsePanelFacts(series, path(modelFiles.series));
  if (isBaselineName(config.model.name)) return { config, facts };
  const model = createForecastModel({ config, facts, key: randomKey(0) });
  try {
    assignSavedArrays(model.parameters, arrays, path(modelFiles.weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { config, facts, model };
}

/**
 * Writes a model into a folder, which is made if need be: `config.json`, `model.safetensors`, `series.json`.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveForecastModel(folder: string, saved: SavedForecastModel): Promise<void> {
  const { writeModelFolder } = await import('@unroll/core/node');
  await writeModelFolder(folder, serializeForecastModel(saved));
}

/**
 * Reads a model from a folder that `saveForecastModel` or a training run wrote. The caller disposes the model.
 *
 * @throws {CheckpointError} as `parseForecastModel`; `checkpoint/missing` if a file is not there
 * @throws {DataError} `file/…` if a file cannot be read
 */
export async function loadForecastModel(folder: string): Promise<SavedForecastModel> {
  const { readModelFolder } = await import('@unroll/core/node');
  return parseForecastModel(await readModelFolder(folder, Object.values(modelFiles)), folder);
}

/** What a folder says of its model, without the weights: enough to read data as the model expects them. */
export async function loadSavedFacts(folder: string): Promise<Pick<SavedForecastModel, 'config' | 'facts'>> {
  const { readModelFolder } = await import('@unroll/core/node');
  const { config, series } = modelFiles;
  const files = await readModelFolder(folder, [config, series]);
  const facts = parsePanelFacts(new TextDecoder().decode(savedFile(files, series, folder)), `${folder}/${series}`);
  return { config: configOf(savedFile(files, config, folder), `${folder}/${config}`), facts };
}

function configOf(bytes: Uint8Array, path: string): ForecastingConfig {
  return parseSavedConfig(forecastingConfigSchema, bytes, { path, what: 'a forecasting model' });
}
