import {
  assignArrays,
  CheckpointError,
  crc32c,
  isUnrollError,
  parseConfig,
  parseModel,
  randomKey,
  serializeModel,
  toNamedArrays,
} from '@unroll/core';
import { isBaselineName } from './baselines/create-baseline.js';
import { forecastingConfigSchema, type ForecastingConfig } from './config.js';
import { createForecastModel } from './model.js';
import { parsePanelFacts, readFileIfAny, serializePanelFacts } from './saved-facts.js';
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

function fingerprint(text: string): string {
  return crc32c(new TextEncoder().encode(text)).toString(16).padStart(8, '0');
}

/** A model as files by name. */
export function serializeForecastModel(saved: SavedForecastModel): Readonly<Record<string, Uint8Array>> {
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
export function parseForecastModel(files: Readonly<Record<string, Uint8Array>>, where: string): SavedForecastModel {
  const file = (name: string) => {
    const content = files[name];
    if (content) return content;
    throw new CheckpointError('checkpoint/missing', `${where} lacks ${name}; give the folder of a trained model`);
  };
  const path = (name: string) => `${where}/${name}`;
  const config = parseSavedConfig(file(modelFiles.config), path(modelFiles.config));
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
    assignArrays(model.parameters, arrays);
  } catch (error) {
    model.dispose();
    throw isUnrollError(error) ? inFile(error, path(modelFiles.weights)) : error;
  }
  return { config, facts, model };
}

/**
 * Writes a model into a folder, which is made if need be: `config.json`, `model.safetensors`, `series.json`.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveForecastModel(folder: string, saved: SavedForecastModel): Promise<void> {
  const { fileError, writeFileAtomically } = await import('@unroll/core/node');
  const { mkdir } = await import('node:fs/promises');
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'make the folder', folder);
  });
  for (const [name, content] of Object.entries(serializeForecastModel(saved))) {
    await writeFileAtomically(`${folder}/${name}`, content);
  }
}

/**
 * Reads a model from a folder that `saveForecastModel` or a training run wrote. The caller disposes the model.
 *
 * @throws {CheckpointError} as `parseForecastModel`; `checkpoint/missing` if a file is not there
 * @throws {DataError} `file/…` if a file cannot be read
 */
export async function loadForecastModel(folder: string): Promise<SavedForecastModel> {
  const files: Record<string, Uint8Array> = {};
  for (const name of Object.values(modelFiles)) {
    const content = await readFileIfAny(`${folder}/${name}`);
    if (content) files[name] = content;
  }
  return parseForecastModel(files, folder);
}

/** What a folder says of its model, without the weights: enough to read data as the model expects them. */
export async function loadSavedFacts(folder: string): Promise<Pick<SavedForecastModel, 'config' | 'facts'>> {
  const [config, series] = [`${folder}/${modelFiles.config}`, `${folder}/${modelFiles.series}`];
  const [configBytes, seriesBytes] = [await readFileIfAny(config), await readFileIfAny(series)];
  if (configBytes && seriesBytes) {
    const facts = parsePanelFacts(new TextDecoder().decode(seriesBytes), series);
    return { config: parseSavedConfig(configBytes, config), facts };
  }
  const missing = configBytes ? modelFiles.series : modelFiles.config;
  throw new CheckpointError('checkpoint/missing', `${folder} lacks ${missing}; give the folder of a trained model`);
}

function parseSavedConfig(bytes: Uint8Array, path: string): ForecastingConfig {
  try {
    return parseConfig(forecastingConfigSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    const reason = isUnrollError(error) ? error.message.replace('unroll: ', '') : 'it is no JSON';
    const message = `${path} is no configuration of a forecasting model: ${reason}`;
    throw new CheckpointError('checkpoint/config', message, { cause: error });
  }
}

function inFile(error: Error & { readonly code?: string }, path: string): CheckpointError {
  const message = `${path}: ${error.message.replace('unroll: ', '')}`;
  return new CheckpointError(error.code ?? 'checkpoint/mismatch', message, { cause: error });
}
