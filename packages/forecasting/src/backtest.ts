import { deriveKey, type RandomKey } from '@unroll/core';
import { compareForecasters } from './comparison.js';
import { OriginLosses } from './evaluation/origin-losses.js';
import { planOrigins, type OriginRule } from './evaluation/origins.js';
import {
  numbersOrNull,
  type BacktestResult,
  type ForecastExample,
  type ForecasterResult,
} from './evaluation/result.js';
import type { Answer } from './evaluation/paired-forecasts.js';
import { originOf, rollingForecasts, type Rolling, type RollingRequest } from './evaluation/rolling.js';
import { seasonalNaiveError, standardDeviation, type ChannelReference } from './evaluation/scored-window.js';
import { summarise } from './evaluation/summary.js';
import { Tally } from './evaluation/tally.js';
import { overallWeightedAverage } from './metrics.js';
import type { Forecaster, ForecastRequest, Series, SplitBounds, SplitPanel } from './types.js';

/** A forecaster that is made anew as time goes on. */
export interface RefittedForecaster {
  readonly name: string;
  /** origins that one fit serves */
  readonly refitEvery: number;
  /** @param split - ends at the origin: nothing later is in it, apart from known covariates */
  fit(split: SplitPanel): Promise<Forecaster>;
}

export interface BacktestOptions {
  /** the first is the one in question: it is compared with the best of the others */
  readonly forecasters: readonly (Forecaster | RefittedForecaster)[];
  readonly split: SplitPanel;
  /** test unless set */
  readonly part?: 'valid' | 'test';
  readonly horizon: number;
  /** steps between two origins; 1 unless set */
  readonly step?: number;
  /** origins of a series at most, the last ones; all unless set */
  readonly count?: number;
  /** `inside` unless set */
  readonly origins?: OriginRule;
  /** steps of one season, for MASE */
  readonly seasonality: number;
  /** standardised: errors divided by the training deviation of the channel; original unless set */
  readonly units?: 'original' | 'standardised';
  /** ascending; none unless set */
  readonly quantiles?: readonly number[];
  /** paths that are drawn for CRPS; 0 unless set */
  readonly samples?: number;
  readonly key: RandomKey;
  /** forecasts that are kept to be looked at; 4 unless set */
  readonly examples?: number;
  /** milliseconds, for example `performance.now` */
  readonly clock: () => number;
  readonly onProgress?: (progress: BacktestProgress) => void;
  readonly signal?: AbortSignal;
}

export interface BacktestProgress {
  readonly forecaster: string;
  /** windows */
  readonly done: number;
  readonly total: number;
}

/**
 * Forecasts from many origins of one part of a split, each from what was known at its origin, scored beside what came.
 * All forecasters get the same origins, in the order of time; nothing but sums is kept of them.
 *
 * @throws {DataError} `data/part-too-short`, and whatever a forecaster throws
 * @throws the signal's reason when aborted
 */
export async function backtest(options: BacktestOptions): Promise<BacktestResult> {
  const run = prepare(options);
  const results: ForecasterResult[] = [];
  const losses: OriginLosses[] = [];
  for (const forecaster of options.forecasters) {
    const scored = await scoreForecaster(run, forecaster);
    results.push(scored.result);
    losses.push(scored.losses);
  }
  const naive2 = results.find(({ name }) => name === 'naive2');
  const forecasters = naive2 ? results.map((result) => withOwa(result, naive2)) : results;
  const comparison = compareForecasters({ results: forecasters, losses, loss: run.loss, overlap: run.overlap });
  const { plan, settings, split } = run;
  const used = plan.series.filter(({ count }) => count > 0).length;
  return {
    dataset: split.panel.name,
    part: settings.part,
    horizon: options.horizon,
    step: plan.step,
    origins: plan.rounds,
    windows: plan.windows,
    series: used,
    channels: split.panel.targetNames.length,
    skippedSeries: plan.series.length - used,
    units: settings.units,
    seasonality: options.seasonality,
    quantiles: settings.quantiles,
    loss: run.loss,
    forecasters,
    ...(comparison && { comparison }),
  };
}

type Run = ReturnType<typeof prepare>;

function prepare(options: BacktestOptions) {
  const { split, horizon, seasonality } = options;
  const settings = {
    part: options.part ?? 'test',
    units: options.units ?? 'original',
    quantiles: options.quantiles ?? [],
    examples: options.examples ?? 4,
  } as const;
  const plan = planOrigins(split, {
    part: settings.part,
    horizon,
    step: options.step ?? 1,
    count: options.count ?? Infinity,
    rule: options.origins ?? 'inside',
  });
  const references = split.panel.series.map(({ targets }, i) =>
    targets.map((values): ChannelReference => {
      const { trainEnd } = split.bounds[i]!;
      return {
        unit: settings.units === 'original' ? 1 : standardDeviation(values, trainEnd),
        naiveError: seasonalNaiveError(values, plan.series[i]!.from, seasonality),
      };
    }),
  );
  const rolling: Omit<Rolling, 'key'> = {
    split,
    plan,
    horizon,
    quantiles: settings.quantiles,
    samples: options.samples ?? 0,
    signal: options.signal,
  };
  return {
    options,
    settings,
    split,
    plan,
    rolling,
    references,
    /** origins that overlap a window's horizon, itself included */
    overlap: Math.ceil(horizon / plan.step),
    loss: settings.units === 'standardised' ? 'mse' : hasScale(references) ? 'mase' : 'mae',
  };
}

/** MASE needs a series whose seasons are not all the same. */
function hasScale(references: readonly (readonly ChannelReference[])[]): boolean {
  return references.some((channels) => channels.some(({ naiveError }) => naiveError > 0));
}

async function scoreForecaster(run: Run, entry: Forecaster | RefittedForecaster) {
  const { options, settings, split, plan } = run;
  const channels = split.panel.targetNames.length;
  const series = plan.series.length;
  const tally = new Tally({ levels: settings.quantiles, horizon: options.horizon, channels: series * channels });
  const losses = new OriginLosses(plan.rounds, series);
  const examples: ForecastExample[] = [];
  const wanted = exampleWindows(run);
  const started = options.clock();
  let done = 0;
  for await (const answer of isRefitted(entry) ? refittedAnswers(run, entry) : answersOf(run, entry)) {
    const { request } = answer;
    for (const window of windowsOfForecast(run, answer)) {
      const sums = tally.add(request.place * channels + window.channel, window, run.loss);
      losses.add(request, sums);
      if (wanted.has(`${request.round} ${request.place} ${window.channel}`))
        examples.push(exampleOf(run, request, window));
    }
    options.onProgress?.({ forecaster: entry.name, done: ++done, total: plan.windows });
  }
  const seconds = (options.clock() - started) / 1000;
  const fits = isRefitted(entry) ? Math.ceil(plan.rounds / entry.refitEvery) : 0;
  const summary = summarise(tally, { panel: split.panel, horizon: options.horizon, loss: run.loss });
  return { result: { name: entry.name, seconds, fits, ...summary, examples }, losses };
}

function answersOf({ options, rolling }: Run, forecaster: Forecaster, rounds = { from: 0, to: rolling.plan.rounds }) {
  const key = deriveKey(options.key, 'backtest', rounds.from);
  return rollingForecasts(forecaster, { ...rolling, key }, rounds);
}

async function* refittedAnswers(run: Run, entry: RefittedForecaster) {
  const { refitEvery } = entry;
  for (let from = 0; from < run.plan.rounds; from += refitEvery) {
    const forecaster = await entry.fit(splitUpTo(run, from));
    try {
      yield* answersOf(run, forecaster, { from, to: Math.min(run.plan.rounds, from + refitEvery) });
    } finally {
      forecaster.dispose?.();
    }
  }
}

/** One window a channel; what lies outside of the part is not known. */
function windowsOfForecast(
  { options, settings, plan, references }: Run,
  { request, forecast }: Answer<RollingRequest>,
) {
  const { series, origin, place } = request;
  const { from, to } = plan.series[place]!;
  return series.targets.map((values, channel) => {
    const actual = new Float64Array(options.horizon).fill(Number.NaN);
    const first = options.origins === 'last-step' ? origin + options.horizon - 1 : origin;
    for (let t = Math.max(from, first); t < Math.min(to, origin + options.horizon); t++)
      actual[t - origin] = values[t]!;
    return {
      channel,
      actual,
      mean: forecast.mean[channel]!,
      levels: settings.quantiles,
      ...(forecast.quantiles && { quantiles: forecast.quantiles[channel]! }),
      ...(forecast.samples && { samples: forecast.samples[channel]! }),
      reference: references[place]![channel]!,
    };
  });
}

type ChannelWindow = ReturnType<typeof windowsOfForecast>[number];

/** Which windows are kept, as `round series channel`: spread evenly over all three. */
function exampleWindows({ settings, split, plan }: Run): ReadonlySet<string> {
  const channels = split.panel.targetNames.length;
  const used = [...plan.series.keys()].filter((place) => plan.series[place]!.count > 0);
  const many = Math.min(settings.examples, used.length * channels * plan.rounds);
  const windows = Array.from({ length: many }, (_, i) => {
    const share = many === 1 ? 1 : i / (many - 1);
    const line = Math.round(share * (used.length * channels - 1));
    const series = used[Math.floor(line / channels)]!;
    const { count } = plan.series[series]!;
    const round = plan.rounds - 1 - Math.round((1 - share) * (count - 1));
    return `${round} ${series} ${line % channels}`;
  });
  return new Set(windows);
}

function exampleOf({ options }: Run, { series, origin }: ForecastRequest, window: ChannelWindow): ForecastExample {
  const shown = Math.min(origin, Math.max(3 * options.horizon, 2 * options.seasonality), 1000);
  const { split } = options;
  return {
    series: series.id,
    channel: split.panel.targetNames[window.channel]!,
    start: series.start,
    origin,
    history: numbersOrNull(series.targets[window.channel]!.subarray(origin - shown, origin)),
    actual: numbersOrNull(window.actual),
    mean: numbersOrNull(window.mean),
    ...(window.quantiles && { quantiles: window.quantiles.map(numbersOrNull) }),
  };
}

/**
 * The split as it was at a round: series end at their origins. The validation part keeps its length and moves along, so
 * that a network has one to stop by.
 */
function splitUpTo({ split, plan }: Run, round: number): SplitPanel {
  const cut = split.panel.series.map((series, i): [Series, SplitBounds] => {
    const { trainEnd, validEnd } = split.bounds[i]!;
    const origin = originOf(plan, i, round) ?? plan.series[i]!.from;
    const upTo = (values: Float64Array) => values.subarray(0, origin);
    const ended = { ...series, length: origin, targets: series.targets.map(upTo), past: series.past.map(upTo) };
    const newTrainEnd = Math.max(Math.min(trainEnd, origin), origin - (validEnd - trainEnd));
    return [ended, { trainEnd: newTrainEnd, validEnd: origin, testEnd: origin }];
  });
  return {
    panel: { ...split.panel, series: cut.map(([series]) => series) },
    bounds: cut.map(([, bounds]) => bounds),
  };
}

function withOwa(result: ForecasterResult, naive2: ForecasterResult): ForecasterResult {
  const owa = overallWeightedAverage(result.overall, naive2.overall);
  return Number.isFinite(owa) ? { ...result, overall: { ...result.overall, owa } } : result;
}

function isRefitted(forecaster: Forecaster | RefittedForecaster): forecaster is RefittedForecaster {
  return 'fit' in forecaster;
}
