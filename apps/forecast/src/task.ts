import type { AppTask, Preparation, PrepareOptions, SavedModel } from '@unroll/cli';
import { deriveKey, formatNumber, mergeConfig, parseConfig, randomKey, setByPath, type RandomKey } from '@unroll/core';
import {
  collectPanelFacts,
  contextLengthOf,
  createBaseline,
  createForecastingTask,
  createForecastModel,
  findPreset,
  forecastingConfigSchema,
  formatFrequency,
  isBaselineName,
  loadForecastModel,
  modelFiles,
  modelMetadata,
  networkForecaster,
  presets,
  serializePanelFacts,
  splitPanel,
  type BacktestResult,
  type Forecaster,
  type ForecastingConfig,
  type ForecastModel,
  type PanelFacts,
  type SplitPanel,
} from '@unroll/forecasting';
import { hasPart, runBacktest, type HeldOutPart } from './backtests.js';
import { calibrated, conformalFile, serializeCalibration } from './calibration.js';
import { loadPanel } from './panels.js';
import { backtestSections, mainScores } from './sections.js';

export interface ForecastApp extends AppTask<ForecastingConfig> {
  open(folder: string): Promise<SavedModel>;
}

/** So that a setting of the model or the optimizer can be changed without naming it. */
const namedDefaults = { model: { name: 'deepar' }, training: { optimizer: { name: 'adam', learningRate: 0.001 } } };

/** Forecasting for the shared command line. */
export const forecastApp: ForecastApp = {
  name: 'forecasting',
  presets: Object.keys(presets),
  configure({ preset, defaults, settings }) {
    const start = mergeConfig(
      mergeConfig(namedDefaults, defaults ?? {}),
      preset === undefined ? {} : findPreset(preset),
    );
    return parseConfig(forecastingConfigSchema, settings.reduce(applySetting, start));
  },
  parseConfig: (value) => parseConfig(forecastingConfigSchema, value),
  prepare,
  open,
};

/** Another model begins with its own defaults: the settings of the one before mean nothing to it. */
export function applySetting(config: unknown, setting: string): unknown {
  const at = setting.indexOf('=');
  const path = setting.slice(0, at);
  const next = setByPath(config, path, setting.slice(at + 1));
  if (path !== 'model.name') return next;
  const { model } = next as { readonly model: { readonly name: unknown } };
  const before = (config as { readonly model?: { readonly name?: unknown } }).model?.name;
  return before === undefined || before === model.name ? next : mergeConfig(config, { model: { name: model.name } });
}

/** Data and model of a run. */
interface PreparedRun {
  readonly config: ForecastingConfig;
  readonly split: SplitPanel;
  readonly facts: PanelFacts;
  /** absent for a baseline */
  readonly model: ForecastModel | undefined;
  readonly key: RandomKey;
}

async function prepare(config: ForecastingConfig, { data, onProgress }: PrepareOptions): Promise<Preparation> {
  const { panel, bounds } = await loadPanel(data, config, { onProgress });
  const split = splitPanel(panel, config, bounds);
  const facts = collectPanelFacts(split, config);
  const key = randomKey(config.seed);
  const model = isBaselineName(config.model.name)
    ? undefined
    : createForecastModel({ config, facts, key: deriveKey(key, 'weights') });
  const run: PreparedRun = { config, split, facts, model, key };
  const task = model && createForecastingTask({ config, model, facts, split });
  const part: HeldOutPart = hasPart(split, 'test', config.horizon) ? 'test' : 'valid';
  const isScored = hasPart(split, part, config.horizon);
  let result: BacktestResult | undefined;
  const artifacts: Record<string, string> = {};
  return {
    ...(task && { task }),
    artifacts: { [modelFiles.series]: serializePanelFacts(facts) },
    metadata: modelMetadata(facts),
    dataFacts: dataFacts(run),
    summary: summarize(run),
    shownScore: '',
    units: { loss: 'per value', items: 'values' },
    async evaluate(onProgress) {
      const { forecaster, calibration } = await calibrated(await forecasterOf(run), {
        ...run,
        wanted: config.conformal,
      });
      if (calibration) artifacts[conformalFile] = serializeCalibration(calibration);
      if (!isScored) return {};
      result = await runBacktest([forecaster], {
        split,
        config,
        seasonality: facts.seasonality,
        key,
        part,
        onProgress,
      });
      return { [part]: mainScores(result.forecasters[0]!.overall) };
    },
    lateArtifacts: () => Promise.resolve(artifacts),
    sections: () => Promise.resolve(result ? backtestSections(result, panel.frequency) : []),
  };
}

/** With the weights of this moment; its model stays the run's. */
async function forecasterOf({ config, split, facts, model, key }: PreparedRun): Promise<Forecaster> {
  const { name } = config.model;
  if (model) return networkForecaster({ name, model, facts, config });
  const { seasonality } = facts;
  return createBaseline(config.model, { split, seasonality, horizon: config.horizon, key: deriveKey(key, 'baseline') });
}

function dataFacts({ split: { panel, bounds } }: PreparedRun): Record<string, number> {
  const steps = panel.series.reduce((sum, { length }) => sum + length, 0);
  const trainSteps = bounds.reduce((sum, { trainEnd }) => sum + trainEnd, 0);
  return { series: panel.series.length, channels: panel.targetNames.length, steps, trainSteps };
}

function summarize({ config, split, facts, model }: PreparedRun): string {
  const { panel, bounds } = split;
  const count = panel.series.length;
  const longest = panel.series.reduce((most, { length }) => Math.max(most, length), 0);
  const learnt = bounds.reduce((sum, { trainEnd }) => sum + trainEnd, 0);
  const channels = panel.targetNames.length === 1 ? '' : ` with ${panel.targetNames.length} channels`;
  const series = `${count === 1 ? 'one series' : `${formatNumber(count)} series`}${channels} of ${count === 1 ? '' : 'up to '}${formatNumber(longest)} steps, one every ${formatFrequency(panel.frequency)}`;
  const horizon = `${formatNumber(learnt)} of the steps to learn from, horizon ${config.horizon}`;
  if (!model) return `${series}; ${horizon}; ${config.model.name}`;
  const parameters = Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0);
  const context = contextLengthOf(config, facts.seasonality);
  return `${series}; ${horizon} from ${context} steps; ${config.model.name}, ${formatNumber(parameters)} parameters`;
}

async function open(folder: string): Promise<SavedModel> {
  const { config, facts, model } = await loadForecastModel(folder);
  return {
    config,
    parameters: model?.parameters ?? {},
    async evaluate(source) {
      const { panel } = await loadPanel({ name: source.name, train: source }, config, { onProgress: () => {}, facts });
      const split = splitPanel(panel, config);
      const run = { config, split, facts, model, key: randomKey(config.seed) };
      const { seasonality } = facts;
      const result = await runBacktest([await forecasterOf(run)], { ...run, seasonality, part: 'test', baselines: [] });
      return result.forecasters[0]!.overall;
    },
  };
}
