import { composeScaling } from '../scaling.js';
import type { Scaling, WindowBatch } from '../types.js';
import type { PreparedSeries } from './prepare-series.js';

export type WindowShape = Pick<
  WindowBatch,
  'batchSize' | 'channels' | 'lagLength' | 'contextLength' | 'horizon' | 'knownWidth' | 'pastWidth' | 'staticWidth'
>;

/** A batch that is being filled. */
export type OpenBatch = Omit<WindowBatch, 'scalings'> & { readonly scalings: (readonly Scaling[])[] };

export function openBatch(shape: WindowShape): OpenBatch {
  const { batchSize, channels, lagLength, contextLength, horizon, knownWidth, pastWidth, staticWidth } = shape;
  const size = batchSize * channels * (lagLength + contextLength + horizon);
  return {
    ...shape,
    targets: new Float32Array(size),
    observed: new Float32Array(size),
    known: new Float32Array(batchSize * (contextLength + horizon) * knownWidth),
    past: new Float32Array(batchSize * contextLength * pastWidth),
    static: new Float32Array(batchSize * staticWidth),
    series: new Int32Array(batchSize),
    origin: new Int32Array(batchSize),
    scalings: [],
  };
}

export interface WindowPlace {
  readonly row: number;
  readonly origin: number;
  /** forecasting: nothing of the targets from the origin on is copied */
  readonly isOpen: boolean;
  /** each channel is standardised by the context of this window */
  readonly byInstance: boolean;
  /** a gap that reaches the origin must not know what ended it */
  readonly closesGap: boolean;
}

/** Copies one window of a series into a row of a batch; what lies before the series stays 0. */
export function writeWindow(batch: OpenBatch, series: PreparedSeries, place: WindowPlace): void {
  const { lagLength, contextLength, horizon, channels, staticWidth } = batch;
  const { row, origin } = place;
  const length = lagLength + contextLength + horizon;
  const first = origin - contextLength - lagLength;
  const scalings = series.targets.map((values, channel) => {
    const at = (row * channels + channel) * length;
    const to = place.isOpen ? origin : origin + horizon;
    const target = batch.targets.subarray(at, at + length);
    const observed = batch.observed.subarray(at, at + length);
    copySteps(target, values, { first, from: series.from, to, width: 1 });
    const seen = series.observed[channel];
    if (seen) copySteps(observed, seen, { first, from: series.from, to, width: 1 });
    else observed.fill(1, Math.max(0, series.from - first), to - first);
    if (place.closesGap && seen) closeGap(target, observed, lagLength + contextLength);
    const scaling = series.scalings[channel]!;
    return place.byInstance ? standardiseWindow(target, observed, { batch, scaling }) : scaling;
  });
  const context = origin - contextLength;
  copyRows(batch, series, { row, context });
  batch.static.set(series.static, row * staticWidth);
  batch.series[row] = series.index;
  batch.origin[row] = origin;
  batch.scalings[row] = scalings;
}

function copyRows(
  batch: OpenBatch,
  series: PreparedSeries,
  { row, context }: { readonly row: number; readonly context: number },
): void {
  const { contextLength, horizon, knownWidth, pastWidth } = batch;
  const steps = contextLength + horizon;
  const known = batch.known.subarray(row * steps * knownWidth, (row + 1) * steps * knownWidth);
  copySteps(known, series.known, { first: context, from: series.from, to: context + steps, width: knownWidth });
  const past = batch.past.subarray(row * contextLength * pastWidth, (row + 1) * contextLength * pastWidth);
  copySteps(past, series.past, { first: context, from: series.from, to: context + contextLength, width: pastWidth });
}

interface CopyRange {
  /** the step of the first row of the target */
  readonly first: number;
  /** the step of the first row of the source */
  readonly from: number;
  /** the step after the last one to copy */
  readonly to: number;
  readonly width: number;
}

function copySteps(target: Float32Array, source: Float32Array, { first, from, to, width }: CopyRange): void {
  const start = Math.max(first, from);
  if (start < to) target.set(source.subarray((start - from) * width, (to - from) * width), (start - first) * width);
}

/** Carries the last real value on up to the origin. */
function closeGap(target: Float32Array, observed: Float32Array, end: number): void {
  const last = observed.lastIndexOf(1, end - 1);
  if (last >= 0) target.fill(target[last]!, last + 1, end);
}

/** As reversible instance normalisation does (Kim et al. 2022): its ε keeps a constant context from dividing by 0. */
const epsilon = 1e-5;

function standardiseWindow(
  target: Float32Array,
  observed: Float32Array,
  { batch, scaling }: { readonly batch: OpenBatch; readonly scaling: Scaling },
): Scaling {
  const { lagLength, contextLength } = batch;
  let [count, sum, squares] = [0, 0, 0];
  for (let i = lagLength; i < lagLength + contextLength; i++) {
    const [seen, value] = [observed[i]!, target[i]!];
    count += seen;
    sum += seen * value;
    squares += seen * value * value;
  }
  if (count === 0) return scaling;
  const location = sum / count;
  const scale = Math.sqrt(Math.max(0, squares / count - location ** 2) + epsilon);
  const factor = 1 / scale;
  for (let i = 0; i < target.length; i++) {
    const value = target[i]!;
    // What is 0 because there is nothing stays 0: it is not observed, and 0 is the mean of the context.
    if (value !== 0 || observed[i] !== 0) target[i] = (value - location) * factor;
  }
  return composeScaling(scaling, { location, scale });
}
