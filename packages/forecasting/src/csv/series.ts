import { DataError } from '@unroll/core';
import { formatFrequency, formatTime, parseFrequency, stepOf, type Frequency } from '../calendar/frequency.js';
import { inferFrequency } from '../calendar/infer-frequency.js';
import type { DataConfig } from '../config.js';
import type { Series, SplitBounds } from '../types.js';
import type { Table } from './table.js';

/** A table as series on a regular time axis. */
export interface Assembled {
  readonly frequency: Frequency;
  readonly series: readonly Series[];
  /** where each file ended, as `[series]` */
  readonly bounds: readonly SplitBounds[];
  /** rows that were merged with another of the same time */
  readonly merged: number;
}

export interface AssembleOptions {
  readonly config: DataConfig;
  /** the files that there are, in the order of the table */
  readonly parts: readonly ('train' | 'valid' | 'test')[];
}

/** A grid with more steps than rows by this factor, and by a million, is a wrong stamp or a wrong frequency. */
const sparsest = 100;

/**
 * @throws {DataError} `data/duplicate-time`, `data/frequency`, `data/mixed-frequencies`, `data/off-grid`, `data/gap`, `data/split-order`
 */
export async function assemble(table: Table, options: AssembleOptions): Promise<Assembled> {
  const { config } = options;
  const { order, starts } = sortRows(table);
  const frequency = await findFrequency(table, { order, starts, config });
  const merged = { count: 0 };
  const series: Series[] = [];
  const bounds: SplitBounds[] = [];
  for (const [index, id] of table.ids.entries()) {
    const rows = order.subarray(starts[index], starts[index + 1]);
    if (rows.length === 0) continue;
    const context = { table, frequency, config, id, index, rows, merged };
    const steps = await stepsOf(context);
    const placed = await place(context, steps);
    series.push(placed);
    bounds.push(await boundsOf(context, { steps, parts: options.parts, length: placed.length }));
  }
  return { frequency, series, bounds, merged: merged.count };
}

interface SortedRows {
  /** rows by series, and in a series by time */
  readonly order: Int32Array;
  /** where each series begins in `order`, and the end */
  readonly starts: Int32Array;
}

function sortRows({ series, times, ids }: Table): SortedRows {
  const starts = new Int32Array(ids.length + 1);
  for (const index of series) starts[index + 1]! += 1;
  for (let i = 0; i < ids.length; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const order = new Int32Array(series.length);
  for (let row = 0; row < series.length; row++) order[next[series[row]!]!++] = row;
  for (let i = 0; i < ids.length; i++) {
    const rows = order.subarray(starts[i], starts[i + 1]);
    const sorted = rows.every((row, at) => at === 0 || times[rows[at - 1]!]! <= times[row]!);
    if (!sorted) rows.sort((a, b) => times[a]! - times[b]! || a - b);
  }
  return { order, starts };
}

interface FrequencyContext extends SortedRows {
  readonly config: DataConfig;
}

async function findFrequency(table: Table, { order, starts, config }: FrequencyContext): Promise<Frequency> {
  const { times, ids } = table;
  const given = config.frequency === 'auto' ? undefined : parseFrequency(config.frequency, config.timeZone);
  if (table.hasTimes ? given : given?.unit === 'step') return given!;
  if (!table.hasTimes) return { unit: 'step', count: stepCount(times, order, starts), timeZone: 'UTC' };
  const rowsOf: Int32Array[] = [];
  const axes = ids.map((id, index) => {
    const rows = order
      .subarray(starts[index], starts[index + 1])
      .filter((row, at, all) => at === 0 || times[row] !== times[all[at - 1]!]);
    rowsOf.push(rows);
    return { id, times: Float64Array.from(rows, (row) => times[row]!) };
  });
  const inferred = inferFrequency(axes, config.timeZone);
  if ('frequency' in inferred) return inferred.frequency;
  const { problem, series, index } = inferred;
  const hint =
    'say data.frequency (hour, 15 minutes, day, business day, month), and data.timeZone if the clock was changed';
  if (series === undefined || index === undefined) {
    const message = `the frequency of ${table.name} cannot be found: ${problem}; ${hint}`;
    throw new DataError('data/frequency', message);
  }
  const where = `${await table.place(rowsOf[series]![index]!)}${called(ids[series]!)}`;
  throw new DataError('data/mixed-frequencies', `${where}: ${problem}; ${hint}`);
}

/** The greatest distance that all are multiples of. */
function stepCount(times: Float64Array, order: Int32Array, starts: Int32Array): number {
  const firsts = new Set(starts);
  let divisor = 0;
  for (let i = 1; i < order.length && divisor !== 1; i++) {
    if (firsts.has(i)) continue;
    let [a, b] = [divisor, times[order[i]!]! - times[order[i - 1]!]!];
    while (b !== 0) [a, b] = [b, a % b];
    divisor = a;
  }
  return divisor || 1;
}

function called(id: string): string {
  return id === '' ? '' : ` (series ${JSON.stringify(id)})`;
}

interface SeriesContext {
  readonly table: Table;
  readonly frequency: Frequency;
  readonly config: DataConfig;
  readonly id: string;
  readonly index: number;
  /** by time */
  readonly rows: Int32Array;
  readonly merged: { count: number };
}

/** The step of each row from the first. */
async function stepsOf({ table, frequency, config, id, rows, merged }: SeriesContext): Promise<Int32Array> {
  const { times } = table;
  const start = times[rows[0]!]!;
  const steps = new Int32Array(rows.length);
  for (const [at, row] of rows.entries()) {
    const step = at > 0 && times[row] === times[rows[at - 1]!] ? steps[at - 1]! : stepOf(start, times[row]!, frequency);
    if (Number.isNaN(step)) {
      const message = `${await table.place(row)}${called(id)}: ${formatTime(times[row]!, secondsOf(frequency))} is not a whole number of steps of ${formatFrequency(frequency)} after the first time, ${formatTime(start, secondsOf(frequency))}; correct it, or say another data.frequency`;
      throw new DataError('data/off-grid', message);
    }
    steps[at] = step;
    if (at === 0 || step !== steps[at - 1]) continue;
    merged.count += 1;
    if (config.duplicates === 'error') throw await duplicate({ table, config, id, frequency }, [rows[at - 1]!, row]);
  }
  const last = steps.at(-1)!;
  if (last > sparsest * rows.length + 1_000_000) {
    const at = steps.findLastIndex((step, index) => index > 0 && step - steps[index - 1]! > last / rows.length);
    const message = `${await table.place(rows[at]!)}${called(id)}: ${steps[at]! - steps[at - 1]!} steps of ${formatFrequency(frequency)} after the row before; is the time right, or data.frequency another?`;
    throw new DataError('data/gap', message);
  }
  return steps;
}

/** The same, told by the clock. */
function secondsOf(frequency: Frequency): Frequency {
  return frequency.unit === 'step' ? frequency : { ...frequency, unit: 'second' };
}

async function duplicate(
  { table, config, id, frequency }: Pick<SeriesContext, 'table' | 'config' | 'id' | 'frequency'>,
  [first, second]: readonly [number, number],
): Promise<DataError> {
  const time = formatTime(table.times[second]!, frequency);
  const hint =
    config.id === null
      ? 'if the file has several series, name the column of their names with data.id; if the clock was put back, say data.timeZone; else choose data.duplicates (first, last, mean, sum)'
      : 'choose data.duplicates (first, last, mean, sum)';
  const before = (await table.place(first)).split(': ').at(-1)!;
  return new DataError(
    'data/duplicate-time',
    `${await table.place(second)}${called(id)} has the time ${time} of ${before}; ${hint}`,
  );
}

async function place(context: SeriesContext, steps: Int32Array): Promise<Series> {
  const { table, config, id, index, rows } = context;
  const size = steps.at(-1)! + 1;
  const put = (column: Float64Array, categorical: boolean) =>
    onGrid(column, { rows, steps, size, policy: categorical ? 'last' : config.duplicates });
  const targets = table.targets.map((column) => put(column, false));
  const known = table.known.map((column, at) => put(column, table.categories.known[at] !== undefined));
  const past = table.past.map((column, at) => put(column, table.categories.past[at] !== undefined));
  // Steps at the end without any target are the future that known covariates reach into.
  let length = size;
  if (known.length > 0) while (length > 0 && targets.every((column) => Number.isNaN(column[length - 1]!))) length -= 1;
  return {
    id,
    start: table.times[rows[0]!]!,
    length,
    targets: length === size ? targets : targets.map((column) => column.slice(0, length)),
    past: length === size ? past : past.map((column) => column.slice(0, length)),
    known,
    static: Float64Array.from(table.static, (column) => column[index]!),
  };
}

interface GridOptions {
  readonly rows: Int32Array;
  readonly steps: Int32Array;
  readonly size: number;
  readonly policy: DataConfig['duplicates'];
}

function onGrid(column: Float64Array, { rows, steps, size, policy }: GridOptions): Float64Array {
  const values = new Float64Array(size).fill(NaN);
  for (let at = 0, end = 0; at < rows.length; at = end) {
    end = at + 1;
    const step = steps[at]!;
    while (end < rows.length && steps[end] === step) end += 1;
    values[step] = end === at + 1 ? column[rows[at]!]! : merge(rows.subarray(at, end), column, policy);
  }
  return values;
}

/** Of the values that are not missing; NaN if all are. */
function merge(rows: Int32Array, column: Float64Array, policy: DataConfig['duplicates']): number {
  const values = Array.from(rows, (row) => column[row]!).filter((value) => !Number.isNaN(value));
  if (values.length === 0) return NaN;
  const sum = values.reduce((a, b) => a + b, 0);
  switch (policy) {
    case 'mean':
      return sum / values.length;
    case 'sum':
      return sum;
    case 'last':
      return values.at(-1)!;
    case 'first':
    case 'error':
      return values[0]!;
  }
}

interface BoundsOptions {
  readonly steps: Int32Array;
  readonly parts: AssembleOptions['parts'];
  readonly length: number;
}

async function boundsOf(
  { table, rows, id }: SeriesContext,
  { steps, parts, length }: BoundsOptions,
): Promise<SplitBounds> {
  const ends = { train: 0, valid: 0, test: 0 };
  let before = 0;
  for (const [file, part] of parts.entries()) {
    const from = file === 0 ? 0 : table.fileEnds[file - 1]!;
    const isOwn = (row: number) => row >= from && row < table.fileEnds[file]!;
    const first = rows.findIndex(isOwn);
    if (first >= 0 && steps[first]! < before) {
      const message = `${await table.place(rows[first]!)}${called(id)} is not later than the rows of ${parts[file - 1]}; the files must follow each other in time`;
      throw new DataError('data/split-order', message);
    }
    const last = rows.findLastIndex(isOwn);
    if (last >= 0) before = steps[last]! + 1;
    ends[part] = before;
  }
  const trainEnd = Math.min(ends.train, length);
  const validEnd = Math.min(Math.max(ends.valid, ends.train), length);
  return { trainEnd, validEnd, testEnd: Math.min(Math.max(ends.test, validEnd), length) };
}
