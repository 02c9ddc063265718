import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunData, VerbContext } from '@unroll/cli';
import { deriveKey, randomKey, type RandomKey } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import {
  baselineNames,
  conformalForecaster,
  createBaseline,
  isBaselineName,
  loadForecastModel,
  networkForecaster,
  seasonLength,
  type ConformalCalibration,
  type Forecaster,
  type ForecastingConfig,
  type Panel,
  type PanelFacts,
  type SavedForecastModel,
  type SplitPanel,
} from '@unroll/forecasting';
import { namedBaseline } from './baselines.js';
import { conformalFile, parseCalibration } from './calibration.js';
import { applySetting, forecastApp } from './task.js';

export interface ModelFlags {
  readonly model?: readonly string[];
  readonly data?: string;
  readonly horizon?: number;
  readonly quantiles?: readonly number[];
  readonly conformal?: boolean;
  readonly seed?: number;
}

/** What `--model` named, each a run folder or a baseline; all read the same data. */
export interface ChosenModels {
  /** of the first run, else of the flags: how data are read, how far ahead, at which quantiles */
  readonly config: ForecastingConfig;
  /** of the first run; undefined where there are baselines only */
  readonly facts: PanelFacts | undefined;
  /** as given */
  readonly names: readonly string[];
  /** the folder, if it is one run alone */
  readonly folder: string | undefined;
  readonly key: RandomKey;
  /** @param split - what baselines may learn from */
  forecasters(split: SplitPanel): Promise<readonly Forecaster[]>;
}

interface OpenedRun {
  readonly folder: string;
  readonly saved: SavedForecastModel;
  readonly calibration: ConformalCalibration | undefined;
}

/**
 * Opens what `--model` names and starts the engine where a network is among it.
 *
 * @throws {UsageError} `usage/model` for no model, or one that is neither folder nor baseline
 */
export async function chooseModels(context: VerbContext, data: RunData | undefined): Promise<ChosenModels> {
  const flags: ModelFlags = context.flags;
  const names = flags.model ?? [];
  if (names.length === 0) {
    const message = `name a model with --model: the folder of a trained run, or one of ${baselineNames.join(', ')}`;
    throw new UsageError('usage/model', message);
  }
  const places = names.map((name) => placeOf(name));
  if (places.some((place) => place.kind === 'run')) await context.startEngine();
  const runs: (OpenedRun | string)[] = [];
  for (const place of places) runs.push(place.kind === 'run' ? await openRun(place.name) : place.name);
  requireSameColumns(runs);
  const first = runs.find((run) => typeof run !== 'string');
  const config = withFlags(first?.saved.config ?? configOfFlags(context, names[0]!, data), flags, context.settings());
  const key = randomKey(flags.seed ?? config.seed);
  return {
    config,
    facts: first?.saved.facts,
    names,
    folder: runs.length === 1 ? first?.folder : undefined,
    key,
    forecasters: (split) =>
      Promise.all(runs.map((run, i) => forecasterOf(run, { split, config, key: deriveKey(key, 'model', i) }))),
  };
}

function placeOf(name: string): { readonly kind: 'run' | 'baseline'; readonly name: string } {
  if (existsSync(name)) return { kind: 'run', name };
  if (isBaselineName(name)) return { kind: 'baseline', name };
  const message = `--model ${name} is neither the folder of a trained run nor a baseline; the baselines are ${baselineNames.join(', ')}`;
  throw new UsageError('usage/model', message);
}

/** Forecasts are averaged, so that each run has to be of the same columns. @throws {UsageError} `usage/model` */
function requireSameColumns(runs: readonly (OpenedRun | string)[]): void {
  const columnsOf = ({ saved: { facts } }: OpenedRun) => {
    const covariates = [facts.past, facts.known, facts.static].map((columns) => columns.map(({ name }) => name));
    return [facts.targetNames, ...covariates].map((names) => names.join(',')).join('; ');
  };
  const [first, ...others] = runs.filter((run) => typeof run !== 'string');
  const other = first && others.find((run) => columnsOf(run) !== columnsOf(first));
  if (!first || !other) return;
  const message = `${first.folder} was trained on ${columnsOf(first)} and ${other.folder} on ${columnsOf(other)}; an ensemble needs the same columns`;
  throw new UsageError('usage/model', message);
}

async function openRun(folder: string): Promise<OpenedRun> {
  const saved = await loadForecastModel(folder);
  const path = join(folder, conformalFile);
  const calibration = existsSync(path) ? parseCalibration(await readFile(path, 'utf8'), path) : undefined;
  return { folder, saved, calibration };
}

function configOfFlags(context: VerbContext, name: string, data: RunData | undefined): ForecastingConfig {
  const settings = [...context.settings(), `model.name=${JSON.stringify(name)}`];
  return forecastApp.configure({ settings, defaults: data?.settings });
}

/** What the command line says of reading and forecasting goes before what the run was trained with. */
function withFlags(
  config: ForecastingConfig,
  { horizon, quantiles, conformal }: ModelFlags,
  settings: readonly string[],
): ForecastingConfig {
  const changed = settings.reduce(applySetting, config) as ForecastingConfig;
  return forecastApp.parseConfig({
    ...changed,
    ...(horizon !== undefined && { horizon }),
    ...(quantiles && { quantiles }),
    ...(conformal && { conformal }),
  });
}

async function forecasterOf(
  run: OpenedRun | string,
  { split, config, key }: { readonly split: SplitPanel; readonly config: ForecastingConfig; readonly key: RandomKey },
): Promise<Forecaster> {
  const { horizon } = config;
  const seasonality = seasonalityOf(config, split.panel);
  if (typeof run === 'string') {
    return namedBaseline(run, { split, seasonality, horizon, key });
  }
  const { config: own, facts, model } = run.saved;
  const { name } = own.model;
  const forecaster = model
    ? networkForecaster({ name, model, facts, config: own })
    : await createBaseline(own.model, { split, seasonality: facts.seasonality, horizon, key });
  return run.calibration ? conformalForecaster(forecaster, run.calibration) : forecaster;
}

export function seasonalityOf(config: ForecastingConfig, panel: Panel): number {
  return config.seasonality || seasonLength(panel.frequency);
}

/** For a forecast of what comes: everything is known, nothing is held out. */
export function splitOfAll(panel: Panel): SplitPanel {
  const bounds = panel.series.map(({ length }) => ({ trainEnd: length, validEnd: length, testEnd: length }));
  return { panel, bounds };
}
