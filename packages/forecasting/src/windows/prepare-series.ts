import { calendarRows } from '../calendar/features.js';
import { impute, type ImputationKind } from '../imputation.js';
import { applyScaling } from '../scaling.js';
import type { PanelFacts, Scaling, Series } from '../types.js';
import { columnsWidth, encodeColumns, encodeStatic } from './encode-columns.js';

/** A stretch of a series as models see it, made once: windows are copies of pieces of it. */
export interface PreparedSeries {
  /** the step of the first value of each array */
  readonly from: number;
  /** `[channel][step]`, scaled and imputed; 0 where nothing is known yet */
  readonly targets: readonly Float32Array[];
  /** `[channel][step]`: 1 = a real value; absent where all are */
  readonly observed: readonly (Float32Array | undefined)[];
  /** `[step, knownWidth]` */
  readonly known: Float32Array;
  /** `[step, pastWidth]` */
  readonly past: Float32Array;
  /** `[staticWidth]` */
  readonly static: Float32Array;
  /** `[channel]` */
  readonly scalings: readonly Scaling[];
  /** place in `PanelFacts.seriesIds`, or −1 */
  readonly index: number;
}

export interface Stretch {
  readonly from: number;
  /** after the last step of targets and past covariates */
  readonly to: number;
  /** after the last step of known covariates */
  readonly knownTo: number;
}

export interface PrepareOptions {
  readonly facts: PanelFacts;
  readonly imputation: ImputationKind;
  readonly scalings: readonly Scaling[];
  readonly index: number;
  readonly calendar: CalendarTable;
}

/** Rows of calendar features by the start of a series, so that series on one time axis share them. */
export type CalendarTable = (start: number, from: number, to: number) => Float32Array;

/** A table that makes what it is asked for, and keeps the longest stretch of each start. */
export function createCalendarTable({ frequency, calendar: names }: PanelFacts): CalendarTable {
  const width = names.length;
  const made = new Map<number, { readonly from: number; readonly to: number; readonly rows: Float32Array }>();
  return (start, from, to) => {
    if (width === 0) return new Float32Array(0);
    let entry = made.get(start);
    if (!entry || from < entry.from || to > entry.to) {
      const range = { from: Math.min(from, entry?.from ?? from), to: Math.max(to, entry?.to ?? to) };
      entry = { ...range, rows: calendarRows(start, { frequency, names, ...range }) };
      made.set(start, entry);
    }
    return entry.rows.subarray((from - entry.from) * width, (to - entry.from) * width);
  };
}

export function knownWidthOf({ calendar, known }: PanelFacts): number {
  return calendar.length + columnsWidth(known);
}

export function prepareSeries(series: Series, stretch: Stretch, options: PrepareOptions): PreparedSeries {
  const { facts, imputation: kind, scalings, index } = options;
  const { from, to } = stretch;
  const pieces = series.targets.map((values) => values.subarray(from, to));
  const targets = series.targets.map((values, channel) => {
    const filled = impute(values, { kind, seasonality: facts.seasonality, from, to });
    const scaling = scalings[channel]!;
    return Float32Array.from(filled, (value) => (Number.isNaN(value) ? 0 : applyScaling(scaling, value)));
  });
  return {
    from,
    targets,
    observed: pieces.map((piece) =>
      piece.some(Number.isNaN) ? Float32Array.from(piece, (value) => (Number.isNaN(value) ? 0 : 1)) : undefined,
    ),
    known: prepareKnown(series, stretch, options),
    past: preparePast(series, stretch, facts),
    static: encodeStatic(series.static, facts.static, facts.covariateScalings.static),
    scalings,
    index,
  };
}

function prepareKnown(series: Series, { from, knownTo }: Stretch, { facts, calendar }: PrepareOptions): Float32Array {
  const dates = calendar(series.start, from, knownTo);
  if (facts.known.length === 0) return dates;
  const [width, offset] = [knownWidthOf(facts), facts.calendar.length];
  const rows = new Float32Array((knownTo - from) * width);
  for (let row = 0; row < knownTo - from; row++) {
    rows.set(dates.subarray(row * offset, (row + 1) * offset), row * width);
  }
  const scalings = facts.covariateScalings.known;
  encodeColumns(series.known, from, { rows, width, offset, columns: facts.known, scalings });
  return rows;
}

function preparePast(series: Series, { from, to }: Stretch, facts: PanelFacts): Float32Array {
  const width = columnsWidth(facts.past);
  const rows = new Float32Array((to - from) * width);
  if (width === 0) return rows;
  const scalings = facts.covariateScalings.past;
  encodeColumns(series.past, from, { rows, width, offset: 0, columns: facts.past, scalings });
  return rows;
}
