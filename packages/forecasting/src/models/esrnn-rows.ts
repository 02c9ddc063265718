import { DataError } from '@unroll/core';
import { invertScaling } from '../scaling.js';
import type { PanelFacts, WindowBatch } from '../types.js';
import { seasonsWidth, type SmoothingData } from './esrnn-smoothing.js';

/** Series of a batch, each channel a row, moved so that step 0 is its first observed one. */
export interface AlignedRows extends SmoothingData {
  /** `[rows]`: steps from the first observed one to the end; 0 where nothing was observed */
  readonly lengths: Int32Array;
  /** `[rows]`: the row of the table of series that is a row's own; −1 for a series unseen in training */
  readonly places: Int32Array;
  /** `[rows, seasonsWidth]`: ln of the seasonal indices that the row's own first seasons suggest, by phase */
  readonly primers: Float32Array;
}

/** Why a value cannot be used, and what to do. */
export const needsPositive =
  'esrnn multiplies level and season, so all values must be above 0: add a constant to them, or use another model, such as mqrnn';

/** Seasons that a primer is the mean of. */
const primerSeasons = 4;

/**
 * The rows of a batch in natural logarithms of the targets' own units.
 *
 * @param timeSteps - of the batch, from the start of the context
 * @throws {DataError} `data/not-positive` naming series and step
 */
export function alignRows(
  batch: WindowBatch,
  { facts, periods, timeSteps }: { facts: PanelFacts; periods: readonly number[]; timeSteps: number },
): AlignedRows {
  const { channels, lagLength, contextLength, horizon } = batch;
  const rows = batch.batchSize * channels;
  const width = lagLength + contextLength + horizon;
  const aligned = {
    rows,
    timeSteps,
    periods,
    logValues: new Float64Array(rows * timeSteps),
    observed: new Uint8Array(rows * timeSteps),
    starts: new Int32Array(rows),
    lengths: new Int32Array(rows),
    places: new Int32Array(rows),
    primers: new Float32Array(rows * seasonsWidth(periods)),
  };
  for (let row = 0; row < rows; row++) {
    const [member, channel] = [Math.floor(row / channels), row % channels];
    const series = batch.series[member]!;
    const scaling = batch.scalings[member]![channel]!;
    const from = row * width + lagLength;
    const first = firstOne(batch.observed, from, from + timeSteps);
    const windowStart = batch.origin[member]! - contextLength;
    aligned.places[row] = series < 0 ? -1 : series * channels + channel;
    aligned.lengths[row] = from + timeSteps - first;
    aligned.starts[row] = Math.max(0, windowStart + first - from);
    for (let at = first; at < from + timeSteps; at++) {
      if (batch.observed[at] !== 1) continue;
      const value = invertScaling(scaling, batch.targets[at]!);
      // A scaled 0 need not come back as 0.
      if (!(value > Math.abs(scaling.location) * 2 ** -20)) {
        throw notPositive(facts, { series, channel, step: windowStart + at - from, value });
      }
      aligned.logValues[row * timeSteps + at - first] = Math.log(value);
      aligned.observed[row * timeSteps + at - first] = 1;
    }
    writePrimer(aligned, row, from + contextLength - first);
  }
  return aligned;
}

function firstOne(observed: Float32Array, from: number, end: number): number {
  let at = from;
  while (at < end && observed[at] !== 1) at++;
  return at;
}

function notPositive(
  { seriesIds, targetNames }: PanelFacts,
  { series, channel, step, value }: { series: number; channel: number; step: number; value: number },
): DataError {
  const id = series < 0 ? 'a new series' : seriesIds[series] ? `series "${seriesIds[series]}"` : 'the series';
  const target = targetNames.length > 1 ? ` of "${targetNames[channel]}"` : '';
  const small = Number(value.toPrecision(3));
  return new DataError('data/not-positive', `${id}: step ${step + 1}${target} is ${small}; ${needsPositive}`);
}

/**
 * Season by season, from the shortest: the mean distance to the mean of a season, of what shorter seasons leave.
 *
 * @param known - steps before the horizon, which alone are looked at
 */
function writePrimer(
  { rows, timeSteps, periods, logValues, observed, starts, primers }: AlignedRows,
  row: number,
  known: number,
): void {
  const width = primers.length / rows;
  const length = Math.max(0, known);
  const own = logValues.slice(row * timeSteps, row * timeSteps + length);
  const seen = observed.subarray(row * timeSteps, row * timeSteps + length);
  let offset = row * width;
  for (const period of periods) {
    const indices = seasonalIndices(own, seen, period);
    for (let j = 0; j < period; j++) primers[offset + ((starts[row]! + j) % period)] = indices[j]!;
    for (let t = 0; t < length; t++) own[t] = own[t]! - indices[t % period]!;
    offset += period;
  }
}

/** Zeros where not even one whole season is there. */
function seasonalIndices(values: Float64Array, seen: Uint8Array, period: number): Float64Array {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  const seasons = Math.min(primerSeasons, Math.floor(values.length / period));
  for (let season = 0; season < seasons; season++) {
    const [from, end] = [season * period, (season + 1) * period];
    let [total, count] = [0, 0];
    for (let t = from; t < end; t++) {
      if (seen[t] !== 1) continue;
      total += values[t]!;
      count++;
    }
    if (count === 0) continue;
    for (let t = from; t < end; t++) {
      if (seen[t] !== 1) continue;
      sums[t - from] = sums[t - from]! + values[t]! - total / count;
      counts[t - from] = counts[t - from]! + 1;
    }
  }
  return sums.map((sum, j) => (counts[j] === 0 ? 0 : sum / counts[j]!));
}
