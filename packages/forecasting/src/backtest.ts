import { deriveKey, type RandomKey } from '@unroll/core';
import { compareForecasters } from './comparison.js';
import { OriginLosses } from './evaluation/origin-losses.js';
import { planOrigins, type OriginRule, type SeriesOrigins } from './evaluation/origins.js';
import {
  numbersOrNull,
  type BacktestResult,
  type ForecastExample,
  type ForecasterResult,
} from './evaluation/result.js';
import { seasonalNaiveError, standardDeviation, type ChannelReference } from './evaluation/scored-window.js';
import { summarise } from './evaluation/summary.js';
import { Tally } from './evaluation/tally.js';
import { overallWeightedAverage } from './metrics.js';
import type { Forecast, Forecaster, ForecastRequest, Series, SplitBounds, SplitPanel } from './types.js';

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
  return {
    dataset: split.panel.name,
    part: settings.part,
    horizon: options.horizon,
    step: settings.step,
    origins: run.rounds,
    windows: run.windows,
    series: plan.filter(({ count }) => count > 0).length,
    channels: split.panel.targetNames.length,
    skippedSeries: plan.filter(({ count }) => count === 0).length,
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
    step: options.step ?? 1,
    units: options.units ?? 'original',
    quantiles: options.quantiles ?? [],
    examples: options.examples ?? 4,
  } as const;
  const rule = options.origins ?? 'inside';
  const plan = planOrigins(split, { ...settings, horizon, count: options.count ?? Infinity, rule });
  const references = split.panel.series.map(({ targets }, i) =>
    targets.map((values): ChannelReference => {
      const { trainEnd } = split.bounds[i]!;
      return {
        unit: settings.units === 'original' ? 1 : standardDeviation(values, trainEnd),
        naiveError: seasonalNaiveError(values, plan[i]!.from, seasonality),
      };
    }),
  );
  return {
    options,
    settings,
    split,
    plan,
    references,
    /** origins that overlap a window's horizon, itself included */
    overlap: Math.ceil(horizon / settings.step),
    rounds: plan.reduce((most, { count }) => Math.max(most, count), 0),
    windows: plan.reduce((sum, { count }) => sum + count, 0),
    loss: settings.units === 'original' ? 'mase' : 'mse',
  };
}

async function scoreForecaster(run: Run, entry: Forecaster | RefittedForecaster) {
  const { options, settings, split, rounds } = run;
  const channels = split.panel.targetNames.length;
  const tally = new Tally({
    levels: settings.quantiles,
    horizon: options.horizon,
    channels: run.plan.length * channels,
  });
  const losses = new OriginLosses(rounds, run.plan.length);
  const examples: ForecastExample[] = [];
  const wanted = exampleWindows(run);
  const started = options.clock();
  let done = 0;
  let fits = 0;
  for (let from = 0, to = 0; from < rounds; from = to) {
    to = isRefitted(entry) ? Math.min(rounds, from + entry.refitEvery) : rounds;
    const forecaster = isRefitted(entry) ? await entry.fit(splitUpTo(run, from)) : entry;
    fits += isRefitted(entry) ? 1 : 0;
    try {
      for await (const { place, request, forecast } of forecasts(run, { forecaster, from, to })) {
        for (const window of windowsOfForecast(run, { place, request, forecast })) {
          const sums = tally.add(place.series * channels + window.channel, window, run.loss);
          losses.add(place, sums);
          if (wanted.has(`${place.round} ${place.series} ${window.channel}`))
            examples.push(exampleOf(run, { request, window }));
        }
        done++;
        options.onProgress?.({ forecaster: entry.name, done, total: run.windows });
      }
    } finally {
      if (isRefitted(entry)) forecaster.dispose?.();
    }
  }
  const seconds = (options.clock() - started) / 1000;
  const summary = summarise(tally, { panel: split.panel, horizon: options.horizon, loss: run.loss });
  return { result: { name: entry.name, seconds, fits, ...summary, examples }, losses };
}

interface Place {
  /** 0 for the first origin in time; a series with fewer origins than others begins later */
  readonly round: number;
  readonly series: number;
}

interface Answer {
  readonly place: Place;
  readonly request: ForecastRequest;
  readonly forecast: Forecast;
}

interface Stint {
  readonly forecaster: Forecaster;
  readonly from: number;
  readonly to: number;
}

/** The forecasts of some rounds, each with its request. */
async function* forecasts({ options, settings, split, plan, rounds }: Run, stint: Stint): AsyncIterable<Answer> {
  const asked: Omit<Answer, 'forecast'>[] = [];
  function* requests(): Iterable<ForecastRequest> {
    for (let round = stint.from; round < stint.to; round++) {
      for (const [series, origins] of plan.entries()) {
        const origin = originOf(origins, { round, rounds, step: settings.step });
        if (origin === undefined) continue;
        const request = { series: split.panel.series[series]!, origin };
        asked.push({ place: { round, series }, request });
        yield request;
      }
    }
  }
  const { horizon, samples = 0, signal } = options;
  const key = deriveKey(options.key, 'backtest', stint.from);
  const wanted = { horizon, quantiles: settings.quantiles, samples, key, ...(signal && { signal }) };
  for await (const forecast of stint.forecaster.forecast(requests(), wanted)) {
    signal?.throwIfAborted();
    const next = asked.shift();
    if (!next) throw new Error(`${stint.forecaster.name} gave a forecast that nobody asked for`);
    yield { ...next, forecast };
  }
  if (asked.length > 0) throw new Error(`${stint.forecaster.name} left ${asked.length} requests unanswered`);
}

/** The origin of a series in a round, if it has one: its last origin belongs to the last round. */
function originOf(
  { last, count }: SeriesOrigins,
  { round, rounds, step }: { readonly round: number; readonly rounds: number; readonly step: number },
): number | undefined {
  const fromLast = rounds - 1 - round;
  return fromLast < count ? last - fromLast * step : undefined;
}

/** One window a channel; what lies outside of the part is not known. */
function windowsOfForecast({ options, settings, plan, references }: Run, { place, request, forecast }: Answer) {
  const { from, to } = plan[place.series]!;
  const { series, origin } = request;
  return series.targets.map((values, channel) => {
    const mean = forecast.mean[channel];
    if (mean?.length !== options.horizon)
      throw new Error(`a forecast of series '${series.id}' has ${mean?.length} steps, not ${options.horizon}`);
    const actual = new Float64Array(options.horizon).fill(Number.NaN);
    for (let t = Math.max(from, origin); t < Math.min(to, origin + options.horizon); t++)
      actual[t - origin] = values[t]!;
    return {
      channel,
      actual,
      mean,
      levels: settings.quantiles,
      ...(forecast.quantiles && { quantiles: forecast.quantiles[channel]! }),
      ...(forecast.samples && { samples: forecast.samples[channel]! }),
      reference: references[place.series]![channel]!,
    };
  });
}

type ChannelWindow = ReturnType<typeof windowsOfForecast>[number];

/** Which windows are kept, as `round series channel`: spread evenly over all three. */
function exampleWindows({ settings, split, plan, rounds }: Run): ReadonlySet<string> {
  const channels = split.panel.targetNames.length;
  const used = [...plan.keys()].filter((series) => plan[series]!.count > 0);
  const many = Math.min(settings.examples, used.length * channels * rounds);
  const windows = Array.from({ length: many }, (_, i) => {
    const share = many === 1 ? 1 : i / (many - 1);
    const line = Math.round(share * (used.length * channels - 1));
    const series = used[Math.floor(line / channels)]!;
    const { count } = plan[series]!;
    const round = rounds - 1 - Math.round((1 - share) * (count - 1));
    return `${round} ${series} ${line % channels}`;
  });
  return new Set(windows);
}

function exampleOf({ options }: Run, { request, window }: { request: ForecastRequest; window: ChannelWindow }) {
  const { series, origin } = request;
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
function splitUpTo({ split, plan, rounds, settings }: Run, round: number): SplitPanel {
  const cut = split.panel.series.map((series, i): [Series, SplitBounds] => {
    const { trainEnd, validEnd } = split.bounds[i]!;
    const origin = originOf(plan[i]!, { round, rounds, step: settings.step }) ?? plan[i]!.from;
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
