import { DataError, deriveKey, permutation, uniform, type BatchSource } from '@unroll/core';
import type { ForecastingConfig } from './config.js';
import { contextLengthOf, nameStep } from './examples.js';
import { fitScaling } from './scaling.js';
import type { ForecastRequest, PanelFacts, Scaling, Series, SplitPanel, WindowBatch } from './types.js';
import { columnsWidth } from './windows/encode-columns.js';
import {
  createCalendarTable,
  knownWidthOf,
  prepareSeries,
  type CalendarTable,
  type PreparedSeries,
  type Stretch,
} from './windows/prepare-series.js';
import { openBatch, writeWindow, type WindowShape } from './windows/write-window.js';

export interface WindowSourceOptions {
  readonly split: SplitPanel;
  readonly part: 'train' | 'valid';
  readonly facts: PanelFacts;
  readonly config: ForecastingConfig;
}

/** The windows of one series: their origins are `first`, `first + 1`, …, or those listed. */
interface SeriesWindows {
  readonly prepared: PreparedSeries;
  readonly first: number;
  readonly count: number;
  readonly origins?: Int32Array;
}

/**
 * Windows of a part of a split panel. A training window lies before `trainEnd` with its whole horizon; a validation
 * window has its horizon in the validation part and reads its context from before. Windows with nothing observed in
 * their horizon are left out. Series with at least one whole training window give only whole ones; the context of
 * shorter series is padded on the left.
 *
 * An epoch takes every `batches.stride`-th window of each series, from a first one that changes with the epoch, all of
 * them in an order drawn from the key. Validation takes the same ones each time, in order. So does ES-RNN's training, which
 * learns at every step of a context: its windows follow each other, back from the end of the part.
 *
 * @returns a source with no batches if the part has no window
 */
export function createWindowSource(options: WindowSourceOptions): BatchSource<WindowBatch> {
  const { facts, part, config } = options;
  const shape = shapeOf(facts, config, config.horizon);
  const { batchSize } = config.batches;
  const wholeSeries = config.model.name === 'esrnn';
  const series = listWindows(options, shape);
  const stride = config.batches.stride || (wholeSeries ? shape.contextLength : automaticStride(series, config));
  const ends = new Uint32Array(series.length);
  series.reduce((sum, { count }, index) => (ends[index] = sum + Math.ceil(count / stride)), 0);
  const windows = ends.at(-1) ?? 0;
  const pick = (index: number, phases: Float32Array | undefined) => {
    const place = firstAbove(ends, index);
    const { prepared, first, count, origins } = series[place]!;
    const number = index - (ends[place - 1] ?? 0);
    // The last window ends where the part does.
    const phase = phases ? Math.floor(phases[place]! * count) : (count - 1) % stride;
    const offset = (phase + number * stride) % count;
    return { prepared, origin: origins ? origins[offset]! : first + offset };
  };
  return {
    batchesPerEpoch: Math.ceil(windows / batchSize),
    *batches(epoch, key, from) {
      const isTraining = part === 'train';
      const phases = isTraining && !wholeSeries ? uniform(deriveKey(key, 'phase', epoch), series.length) : undefined;
      const order = isTraining ? permutation(deriveKey(key, 'order', epoch), windows) : undefined;
      for (let start = from * batchSize; start < windows; start += batchSize) {
        const size = Math.min(batchSize, windows - start);
        const batch = openBatch({ ...shape, batchSize: size });
        for (let row = 0; row < size; row++) {
          const { prepared, origin } = pick(order ? order[start + row]! : start + row, phases);
          writeWindow(batch, prepared, { row, origin, isOpen: false, ...writingOf(config) });
        }
        yield batch;
      }
    },
  };
}

/** Batches that an epoch of few data should have, so that as many epochs as usual are enough updates. */
const fewestBatches = 50;

/** The horizon, so that every step is forecast once an epoch; less where that makes few batches. */
function automaticStride(
  series: readonly SeriesWindows[],
  { horizon, batches: { batchSize } }: ForecastingConfig,
): number {
  const windows = series.reduce((sum, { count }) => sum + count, 0);
  return Math.max(1, Math.min(horizon, Math.floor(windows / (fewestBatches * batchSize))));
}

/**
 * Windows that end at the origins of requests, for forecasting: nothing of the targets from an origin on is in them.
 * Series that the facts do not know are scaled by their own history.
 *
 * @throws {DataError} `data/known-missing` if a known covariate lacks a value that lies ahead of the series, naming it
 */
export function windowsOf(
  requests: readonly ForecastRequest[],
  { facts, config, horizon }: { facts: PanelFacts; config: ForecastingConfig; horizon: number },
): WindowBatch {
  const shape = shapeOf(facts, config, horizon);
  const batch = openBatch({ ...shape, batchSize: requests.length });
  const calendar = createCalendarTable(facts);
  const places = placesOf(facts);
  const stretches = new Map<Series, Stretch>();
  for (const { series, origin } of requests) {
    requireKnown(series, origin, { facts, horizon });
    stretches.set(series, widen(stretches.get(series), { origin, shape, horizon }));
  }
  const made = new Map<Series, PreparedSeries>();
  const preparedFor = ({ series, origin }: ForecastRequest): PreparedSeries => {
    const index = places.get(series.id) ?? -1;
    const fitted = facts.scalings[index] ?? [];
    // What is scaled by its own history has other units at every origin.
    const isKnown = fitted.length > 0;
    const scalings = isKnown ? fitted : ownScalings(series, origin, config);
    const own = isKnown ? made.get(series) : undefined;
    const stretch = stretches.get(series)!;
    return own ?? prepare(series, stretch, { facts, config, index, calendar, scalings });
  };
  requests.forEach((request, row) => {
    const prepared = preparedFor(request);
    made.set(request.series, prepared);
    writeWindow(batch, prepared, { row, origin: request.origin, isOpen: true, ...writingOf(config) });
  });
  return batch;
}

function writingOf({ scaling, data }: ForecastingConfig): { byInstance: boolean; closesGap: boolean } {
  return { byInstance: scaling === 'instance', closesGap: data.imputation === 'linear' };
}

function shapeOf(facts: PanelFacts, config: ForecastingConfig, horizon: number): Omit<WindowShape, 'batchSize'> {
  return {
    channels: facts.targetNames.length,
    lagLength: facts.lags.at(-1) ?? 0,
    contextLength: contextLengthOf(config, facts.seasonality),
    horizon,
    knownWidth: knownWidthOf(facts),
    pastWidth: columnsWidth(facts.past),
    staticWidth: columnsWidth(facts.static),
  };
}

function listWindows(
  { split, part, facts, config }: WindowSourceOptions,
  { contextLength, lagLength, horizon }: Omit<WindowShape, 'batchSize'>,
): readonly SeriesWindows[] {
  const calendar = createCalendarTable(facts);
  const places = placesOf(facts);
  return split.panel.series.flatMap((series, number) => {
    const { trainEnd, validEnd } = split.bounds[number]!;
    const end = part === 'train' ? trainEnd : validEnd;
    const last = end - horizon;
    const first = part === 'train' ? firstOrigin(last, contextLength, horizon) : Math.max(1, trainEnd);
    const index = places.get(series.id) ?? -1;
    const scalings = facts.scalings[index] ?? [];
    if (last < first || scalings.length === 0) return [];
    const from = Math.max(0, first - contextLength - lagLength);
    const prepared = prepare(series, { from, to: end, knownTo: end }, { facts, config, index, scalings, calendar });
    return observedWindows(prepared, { first, count: last - first + 1, horizon });
  });
}

/** Whole windows where there are any; else from a horizon on, so that there is something to read. */
function firstOrigin(last: number, contextLength: number, horizon: number): number {
  return last >= contextLength ? contextLength : Math.max(1, Math.min(last, horizon));
}

function observedWindows(
  prepared: PreparedSeries,
  { first, count, horizon }: { first: number; count: number; horizon: number },
): SeriesWindows[] {
  if (prepared.observed.some((observed) => observed === undefined)) return [{ prepared, first, count }];
  const origins: number[] = [];
  let lastSeen = -1;
  for (let step = first; step < first + count + horizon - 1; step++) {
    if (prepared.observed.some((observed) => observed![step - prepared.from] === 1)) lastSeen = step;
    const origin = step - horizon + 1;
    if (origin >= first && lastSeen >= origin) origins.push(origin);
  }
  return origins.length === 0 ? [] : [{ prepared, first, count: origins.length, origins: Int32Array.from(origins) }];
}

interface PrepareContext {
  readonly facts: PanelFacts;
  readonly config: ForecastingConfig;
  readonly index: number;
  readonly scalings: readonly Scaling[];
  readonly calendar: CalendarTable;
}

function prepare(series: Series, stretch: Stretch, { config, ...options }: PrepareContext): PreparedSeries {
  return prepareSeries(series, stretch, { ...options, imputation: config.data.imputation });
}

function ownScalings({ targets }: Series, origin: number, { scaling }: ForecastingConfig): readonly Scaling[] {
  return targets.map((values) => fitScaling(values.subarray(0, origin), scaling));
}

function widen(
  stretch: Stretch | undefined,
  { origin, shape, horizon }: { origin: number; shape: Omit<WindowShape, 'batchSize'>; horizon: number },
): Stretch {
  const from = Math.max(0, origin - shape.contextLength - shape.lagLength);
  return {
    from: Math.min(from, stretch?.from ?? from),
    to: Math.max(origin, stretch?.to ?? origin),
    knownTo: Math.max(origin + horizon, stretch?.knownTo ?? 0),
  };
}

function requireKnown(
  series: Series,
  origin: number,
  { facts, horizon }: { readonly facts: PanelFacts; readonly horizon: number },
): void {
  for (const [place, { name }] of facts.known.entries()) {
    // What is missing within the series is a gap like any other; what lies ahead of it must be given.
    for (let step = Math.max(origin, series.length); step < origin + horizon; step++) {
      if (!Number.isNaN(series.known[place]![step] ?? NaN)) continue;
      const message = `${name} has no value at ${nameStep(series, step, facts.frequency)}; a forecast of ${horizon} steps needs known covariates for all of them: add rows with ${name} and an empty target, or lower --horizon`;
      throw new DataError('data/known-missing', message);
    }
  }
}

const placesByFacts = new WeakMap<PanelFacts, ReadonlyMap<string, number>>();

/** The place of each series by its name, made once for each panel's facts. */
function placesOf(facts: PanelFacts): ReadonlyMap<string, number> {
  const places = placesByFacts.get(facts) ?? new Map(facts.seriesIds.map((id, place) => [id, place]));
  placesByFacts.set(facts, places);
  return places;
}

/** The first place whose end lies above a number. */
function firstAbove(ends: Uint32Array, number: number): number {
  let [below, above] = [-1, ends.length - 1];
  while (above - below > 1) {
    const middle = (above + below) >> 1;
    if (ends[middle]! > number) above = middle;
    else below = middle;
  }
  return above;
}
