import { ConfigError, DataError } from '@unroll/core';
import { calendarNames } from './calendar/features.js';
import { formatTime, seasonLength, timeAt, type Frequency } from './calendar/frequency.js';
import { automaticLags } from './calendar/lags.js';
import type { ForecastingConfig, SplitConfig } from './config.js';
import { fitScaling } from './scaling.js';
import type { Column, Panel, PanelFacts, Scaling, Series, SplitBounds, SplitPanel } from './types.js';

/** Models that read calendar features and lags; the others see nothing but their window. */
const featureModels: ReadonlySet<string> = new Set(['deepar', 'mqrnn', 'seq2seq']);

/**
 * A panel cut by time. With time stamps the parts begin at the same time for all series; without them each series is
 * cut by itself. Parts are counted from the end, or, if `split.train` is given, from the beginning, and what comes after
 * the test part is not used. Shares are of the whole time axis.
 *
 * `auto` is a tenth for validation and for test, at least a horizon; if that leaves less than a window to learn from, a
 * horizon each, then no validation part, then no test part either. Counted from the beginning, an `auto` test part is all
 * that is left.
 *
 * @param bounds - where files ended, if they came as several; a validation part without a file is the end of `train`
 * @throws {DataError} `data/too-short` if no series is left with more than a horizon to learn from; `data/all-missing` for
 *   a series without one value
 * @throws {ConfigError} `config/split` if the parts are more than there is
 */
export function splitPanel(panel: Panel, config: ForecastingConfig, bounds?: readonly SplitBounds[]): SplitPanel {
  requireValues(panel);
  const cut = bounds ? holdOutValidation(bounds, config) : cutByTime(panel, config);
  if (cut.every(({ trainEnd }) => trainEnd <= config.horizon)) throw tooShort(panel, cut, config);
  return { panel, bounds: cut };
}

/**
 * What a model has to know of a panel: scalings are fitted on the training part alone. A series without a training part
 * has no scalings (an empty list); like one that comes later, it is scaled by its own history.
 *
 * @throws {ConfigError} `config/calendar`
 */
export function collectPanelFacts(split: SplitPanel, config: ForecastingConfig): PanelFacts {
  const { panel, bounds } = split;
  const { frequency, targetNames, past, known, static: fixed, series } = panel;
  const seasonality = config.seasonality || seasonLength(frequency);
  const hasFeatures = featureModels.has(config.model.name);
  const { calendar, lags } = config.features;
  const longest = bounds.reduce((most, { trainEnd }) => Math.max(most, trainEnd), 0);
  const scalingOf = (values: Float64Array, end: number) => fitScaling(values.subarray(0, end), config.scaling);
  return {
    frequency,
    seasonality,
    targetNames,
    past,
    known,
    static: fixed,
    calendar: hasFeatures || calendar !== 'auto' ? calendarNames(frequency, calendar) : [],
    lags:
      lags === 'auto'
        ? hasFeatures
          ? automaticLags(frequency, seasonality, Math.floor(longest / 2))
          : []
        : ascending(lags),
    seriesIds: series.map(({ id }) => id),
    scalings: series.map(({ targets }, index) => {
      const { trainEnd } = bounds[index]!;
      const isSeen = targets.some((values) => !values.subarray(0, trainEnd).every(Number.isNaN));
      return isSeen ? targets.map((values) => scalingOf(values, trainEnd)) : [];
    }),
    covariateScalings: {
      past: past.map((column, place) =>
        standardise(
          column,
          trainingPieces(split, ({ past }) => past[place]!),
        ),
      ),
      known: known.map((column, place) =>
        standardise(
          column,
          trainingPieces(split, ({ known }) => known[place]!),
        ),
      ),
      static: fixed.map((column, place) =>
        standardise(column, [Float64Array.from(series, (each) => each.static[place]!)]),
      ),
    },
  };
}

/**
 * Steps that a model reads: as configured, or two horizons and at least two seasons (of up to 200 steps); of both ten for
 * ES-RNN, which learns at every one of them.
 */
export function contextLengthOf({ context, horizon, model }: ForecastingConfig, seasonality: number): number {
  const times = model.name === 'esrnn' ? 10 : 2;
  return context || times * Math.max(horizon, seasonality <= 200 ? seasonality : 0);
}

/** A step of a series as people call it: its time, or its number from 1 where the data has no time. */
export function nameStep({ id, start }: Series, step: number, frequency: Frequency): string {
  const time = timeAt(start, step, frequency);
  const place = frequency.unit === 'step' ? `step ${step + 1}` : formatTime(time, frequency);
  return id === '' ? place : `series ${JSON.stringify(id)}, ${place}`;
}

function requireValues(panel: Panel): void {
  for (const { id, targets } of panel.series) {
    const channel = targets.findIndex((values) => values.every(Number.isNaN));
    if (channel < 0) continue;
    const name = `${panel.targetNames[channel]}${id === '' ? '' : ` of series ${JSON.stringify(id)}`}`;
    const message = `${panel.name}: ${name} has no value in any of its ${targets[channel]!.length} steps; remove it, or fill it in`;
    throw new DataError('data/all-missing', message);
  }
}

function tooShort(panel: Panel, bounds: readonly SplitBounds[], { horizon }: ForecastingConfig): DataError {
  const longest = panel.series.reduce((most, { length }) => Math.max(most, length), 0);
  const left = bounds.reduce((most, { trainEnd }) => Math.max(most, trainEnd), 0);
  const has = `${panel.name}: the longest series has ${longest} ${longest === 1 ? 'step' : 'steps'}`;
  const message =
    longest > horizon
      ? `${has}, of which ${left} are left to learn from; a horizon of ${horizon} needs at least ${horizon + 1}: take less for split.valid and split.test, or lower --horizon`
      : `${has}; a horizon of ${horizon} is longer than the history allows: at least ${horizon + 1} steps are needed, so lower --horizon or give more data`;
  return new DataError('data/too-short', message);
}

/** Of files: where none was given for validation, the end of the training file is held out. */
function holdOutValidation(bounds: readonly SplitBounds[], { split, horizon }: ForecastingConfig): SplitBounds[] {
  return bounds.map((each) => {
    const { trainEnd, validEnd } = each;
    if (validEnd > trainEnd) return each;
    const wanted = split.valid === 'auto' ? longerPart(trainEnd, horizon) : stepsOf(split.valid, trainEnd);
    const valid = split.valid === 'auto' && trainEnd - wanted <= horizon ? horizon : wanted;
    return trainEnd - valid > horizon ? { ...each, trainEnd: trainEnd - valid } : each;
  });
}

function cutByTime({ series, frequency, name }: Panel, { split, horizon }: ForecastingConfig): SplitBounds[] {
  if (frequency.unit === 'step') return series.map(({ length }) => cutAxis(length, { split, horizon, name }));
  const start = series.reduce((first, { start }) => Math.min(first, start), Infinity);
  const end = series.reduce((last, { start, length }) => Math.max(last, timeAt(start, length, frequency)), -Infinity);
  const cut = cutAxis(firstStepAt(start, end, frequency), { split, horizon, name });
  const [trainTime, validTime, testTime] = [cut.trainEnd, cut.validEnd, cut.testEnd].map((step) =>
    timeAt(start, step, frequency),
  );
  const within = (each: Series, time: number) => Math.min(firstStepAt(each.start, time, frequency), each.length);
  return series.map((each) => ({
    trainEnd: within(each, trainTime!),
    validEnd: within(each, validTime!),
    testEnd: within(each, testTime!),
  }));
}

interface Cut {
  readonly split: SplitConfig;
  readonly horizon: number;
  readonly name: string;
}

function cutAxis(length: number, { split, horizon, name }: Cut): SplitBounds {
  const { train } = split;
  const [valid, test] = chooseParts(length, split, horizon);
  const steps = [train === 'auto' ? length - valid - test : stepsOf(train, length), valid, test] as const;
  const [trainEnd, validEnd, testEnd] = [steps[0], steps[0] + steps[1], steps[0] + steps[1] + steps[2]].map(wholeSteps);
  if (trainEnd! < 0 || testEnd! > length) {
    const parts = ['train', 'valid', 'test'].map((part, index) => `${part} ${wholeSteps(steps[index]!)}`).join(', ');
    const message = `split: the parts of ${name} (${parts}) are more than its ${length} steps; take less for one of them`;
    throw new ConfigError('config/split', message);
  }
  return { trainEnd: trainEnd!, validEnd: validEnd!, testEnd: testEnd! };
}

/** Steps for validation and test, not yet whole: shares are rounded where a part ends, so that errors do not add up. */
function chooseParts(length: number, { train, valid, test }: SplitConfig, horizon: number): readonly [number, number] {
  const part = longerPart(length, horizon);
  const given = [valid, test].map((size) => (size === 'auto' ? undefined : stepsOf(size, length)));
  if (train !== 'auto') {
    const [left, ownValid] = [length - stepsOf(train, length), given[0]];
    const own = ownValid ?? Math.max(0, Math.min(part, given[1] === undefined ? left / 2 : left - given[1]));
    return [own, given[1] ?? Math.max(0, left - own)];
  }
  const tries = [
    [part, part],
    [horizon, horizon],
    [0, horizon],
  ].map(([v, t]) => [given[0] ?? v!, given[1] ?? t!] as const);
  return tries.find(([v, t]) => length - v - t > horizon) ?? [given[0] ?? 0, given[1] ?? 0];
}

function longerPart(length: number, horizon: number): number {
  return Math.max(horizon, Math.round(length / 10));
}

function stepsOf(part: number, length: number): number {
  return part < 1 ? part * length : part;
}

/** 0.6 + 0.2 of something must not lose a step to rounding. */
function wholeSteps(steps: number): number {
  return Math.floor(steps + 1e-6);
}

/** The first step of a series at or after a time: found by halving, since a series need not stand on the others' grid. */
function firstStepAt(start: number, time: number, frequency: Frequency): number {
  let above = 1;
  while (timeAt(start, above, frequency) < time) above *= 2;
  let below = -1;
  while (above - below > 1) {
    const middle = Math.floor((above + below) / 2);
    if (timeAt(start, middle, frequency) >= time) above = middle;
    else below = middle;
  }
  return above;
}

function trainingPieces({ panel, bounds }: SplitPanel, values: (series: Series) => Float64Array): Float64Array[] {
  return panel.series.map((series, index) => values(series).subarray(0, bounds[index]!.trainEnd));
}

/** By mean and deviation over all series; categories become numbers of their own and are left alone. */
function standardise({ categories }: Column, pieces: readonly Float64Array[]): Scaling {
  if (categories) return fitScaling([], 'none');
  const all = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return fitScaling(all, 'standard');
}

function ascending(lags: readonly number[]): readonly number[] {
  return [...new Set(lags)].sort((a, b) => a - b);
}
