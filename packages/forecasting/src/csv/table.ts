import { DataError, type ByteSource } from '@unroll/core';
import { createStampReader, detectStampFormat, type StampReader } from '../calendar/time-stamps.js';
import type { DataConfig } from '../config.js';
import { assignRoles, findColumn, type ColumnRoles, type CovariateColumn } from './columns.js';
import type { FileFormat } from './find-format.js';
import { growableFloat64, growableInt32, type Growable } from './growable.js';
import { lineOfRecord, readRecords } from './read-records.js';

/** Longer texts are no names: a wrong column, or a wrong delimiter. */
const longestName = 1000;

/** What the rows of one or several files hold, column by column, in the order of the files. */
export interface Table {
  /** of the first file */
  readonly name: string;
  readonly roles: ColumnRoles;
  /** whether `times` are milliseconds rather than steps */
  readonly hasTimes: boolean;
  readonly ids: readonly string[];
  /** `[row]`: place in `ids` */
  readonly series: Int32Array;
  /** `[row]`: milliseconds since 1970, or steps where there is no time */
  readonly times: Float64Array;
  /** `[column][row]`; NaN = missing */
  readonly targets: readonly Float64Array[];
  readonly past: readonly Float64Array[];
  readonly known: readonly Float64Array[];
  /** `[column][series]` */
  readonly static: readonly Float64Array[];
  /** `[column]`: values of the categories in the order of their numbers; undefined for real numbers */
  readonly categories: Readonly<Record<'past' | 'known' | 'static', readonly (readonly string[] | undefined)[]>>;
  /** rows after each file */
  readonly fileEnds: readonly number[];
  /** `FILE: line 7` of a row, for messages */
  place(row: number): Promise<string>;
}

export interface TableFile {
  readonly source: ByteSource;
  readonly format: FileFormat;
}

/**
 * Reads files of the same columns into one table, the later ones after the first.
 *
 * @throws {DataError} naming file, line and column: `data/time-stamp`, `data/number`, `data/infinite`, `data/static`, `data/name`, and
 *   what `assignRoles` and `readRecords` throw
 */
export async function readTable(files: readonly TableFile[], config: DataConfig): Promise<Table> {
  const [first] = files;
  const roles = assignRoles(first!.source.name, first!.format, config);
  const rows = createRows(roles, config);
  for (const { source, format } of files) {
    const places = placesIn(source.name, { format, roles, names: first!.format.names });
    const stamps = roles.layout === 'rows' ? headerTimes(format, places.targets, config) : undefined;
    rows.hasTimes ||= stamps !== undefined;
    const skipped = format.hasHeader ? 1 : 0;
    let record = 0;
    const read = (fields: readonly string[], index: number) => {
      record = index;
      if (index >= skipped) rows.add(fields, { places, format, stamps, record: index });
    };
    await readRecords(source, format.csv, read).catch(async (error: unknown) => {
      if (!(error instanceof CellProblem)) throw error;
      const line = await lineOfRecord(source, format.csv, record);
      const column = format.names[error.column];
      const where = `${source.name}: line ${line} (row ${record - skipped + 1}), column ${JSON.stringify(column)}`;
      throw new DataError(error.code, `${where}: ${error.message}`);
    });
    rows.fileEnds.push(rows.times.length);
  }
  return finish(rows, files);
}

/** A cell that cannot be read; the reader of the file knows the line. */
class CellProblem extends Error {
  readonly code: string;
  readonly column: number;

  constructor(code: string, column: number, message: string) {
    super(message);
    this.code = code;
    this.column = column;
  }
}

/** Where the columns are in one file: files with headers may order them differently. */
interface Places {
  readonly time: readonly number[] | undefined;
  readonly id: number | undefined;
  readonly targets: readonly number[];
  readonly past: readonly CovariateColumn[];
  readonly known: readonly CovariateColumn[];
  readonly static: readonly CovariateColumn[];
}

interface PlacesOptions {
  readonly format: FileFormat;
  readonly roles: ColumnRoles;
  /** of the first file */
  readonly names: readonly string[];
}

function placesIn(file: string, { format, roles, names }: PlacesOptions): Places {
  const find = (index: number, key: string) =>
    format.names === names ? index : findColumn(file, format, { name: names[index]!, key });
  const covariates = (key: 'past' | 'known' | 'static') =>
    roles[key].map((column) => ({ ...column, index: find(column.index, key) }));
  const id = roles.id === undefined ? undefined : find(roles.id, 'id');
  const statics = covariates('static');
  const others = new Set([id, ...statics.map(({ index }) => index)]);
  return {
    time: roles.time?.indexes.map((index) => find(index, 'time')),
    id,
    // In the layout of rows a column is a step, and a file with the steps to forecast has other ones.
    targets:
      roles.layout === 'rows'
        ? format.names.flatMap((_, index) => (others.has(index) ? [] : [index]))
        : roles.targets.map((index) => find(index, 'target')),
    past: covariates('past'),
    known: covariates('known'),
    static: statics,
  };
}

function headerTimes(
  format: FileFormat,
  columns: readonly number[],
  config: DataConfig,
): readonly number[] | undefined {
  const names = columns.map((index) => format.names[index]!);
  if (detectStampFormat(names, { numeric: true }) !== 'iso') return undefined;
  const reader = createStampReader('iso', config.timeZone);
  let previous = NaN;
  return names.map((name) => (previous = reader.read(name, previous)));
}

interface RowContext {
  readonly places: Places;
  readonly format: FileFormat;
  /** of the columns of the layout of rows, where their names are times */
  readonly stamps: readonly number[] | undefined;
  readonly record: number;
}

interface Rows {
  readonly roles: ColumnRoles;
  readonly ids: Map<string, number>;
  seriesCount: number;
  readonly series: Growable<Int32Array>;
  readonly times: Growable<Float64Array>;
  readonly columns: Readonly<Record<'targets' | 'past' | 'known', readonly Growable<Float64Array>[]>>;
  readonly static: readonly number[][];
  readonly categories: Readonly<Record<'past' | 'known' | 'static', readonly Map<string, number>[]>>;
  readonly fileEnds: number[];
  /** `[row]` → record of its file, where a record is several rows */
  readonly records: Growable<Int32Array> | undefined;
  readonly add: (fields: readonly string[], context: RowContext) => void;
  hasTimes: boolean;
}

function createRows(roles: ColumnRoles, config: DataConfig): Rows {
  const { time, layout } = roles;
  const stamps = time && createStampReader(time.format, config.timeZone);
  /** `[series]`: time of its last row */
  const last: number[] = [];
  const rows: Rows = {
    roles,
    ids: new Map(),
    seriesCount: 0,
    series: growableInt32(),
    times: growableFloat64(),
    columns: {
      targets: roles.targetNames.map(growableFloat64),
      past: roles.past.map(growableFloat64),
      known: roles.known.map(growableFloat64),
    },
    static: roles.static.map(() => []),
    categories: {
      past: roles.past.map(() => new Map<string, number>()),
      known: roles.known.map(() => new Map<string, number>()),
      static: roles.static.map(() => new Map<string, number>()),
    },
    fileEnds: [],
    records: layout === 'rows' ? growableInt32() : undefined,
    hasTimes: time !== undefined && time.format !== 'step',
    add:
      layout === 'rows'
        ? (fields, context) => addSeries(rows, fields, { context, last })
        : (fields, context) => addStep(rows, fields, { context, stamps, last }),
  };
  return rows;
}

interface StepOptions {
  readonly context: RowContext;
  readonly stamps: StampReader | undefined;
  readonly last: number[];
}

/** One step of one series. */
function addStep(rows: Rows, fields: readonly string[], { context, stamps, last }: StepOptions): void {
  const { places, format } = context;
  const series = seriesOf(rows, fields, places);
  const previous = last[series] ?? NaN;
  let time = Number.isNaN(previous) ? 0 : previous + 1;
  if (stamps && places.time) {
    const text = stampText(fields, places.time);
    time = stamps.read(text, previous);
    if (Number.isNaN(time)) throw new CellProblem('data/time-stamp', places.time[0]!, explainStamp(text, stamps));
  }
  last[series] = time;
  for (const [column, index] of places.targets.entries()) {
    rows.columns.targets[column]!.push(numberAt(fields, index, format));
  }
  for (const key of ['past', 'known'] as const) {
    for (const [column, place] of places[key].entries()) {
      rows.columns[key][column]!.push(
        covariateAt(fields, place, { format, categories: rows.categories[key][column]! }),
      );
    }
  }
  if (places.static.length > 0) addStatic(rows, fields, { places, format, series });
  rows.series.push(series);
  rows.times.push(time);
}

/** A cell, or year, month, day, hour, minute and second from several. */
function stampText(fields: readonly string[], places: readonly number[]): string {
  if (places.length === 1) return fields[places[0]!]!;
  const [year = '', month = '1', day = '1', ...clock] = places.map((index) => fields[index]!.trim());
  const date = `${year}-${month}-${day}`;
  return clock.length === 0 ? date : `${date} ${clock.map((part) => part.padStart(2, '0')).join(':')}`;
}

function explainStamp(text: string, stamps: StampReader): string {
  return text.trim() === '' ? 'the time is missing; every row needs one' : stamps.explain(text);
}

interface SeriesOptions {
  readonly context: RowContext;
  readonly last: number[];
}

/** A whole series; missing values at its end are the padding of shorter ones. */
function addSeries(rows: Rows, fields: readonly string[], { context, last }: SeriesOptions): void {
  const { places, format, stamps, record } = context;
  const series = seriesOf(rows, fields, places);
  if (places.static.length > 0) addStatic(rows, fields, { places, format, series });
  const values = places.targets.map((index) => numberAt(fields, index, format));
  const length = values.findLastIndex((value) => !Number.isNaN(value)) + 1;
  let next = (last[series] ?? -1) + 1;
  for (let i = 0; i < length; i++) {
    rows.series.push(series);
    rows.times.push(stamps?.[i] ?? next);
    rows.columns.targets[0]!.push(values[i]!);
    rows.records!.push(record);
    next += 1;
  }
  last[series] = next - 1;
}

function seriesOf(rows: Rows, fields: readonly string[], places: Places): number {
  const { ids } = rows;
  const text = places.id === undefined ? '' : fields[places.id]!;
  const known = ids.get(text);
  if (known !== undefined) return known;
  const id = text.trim();
  if (places.id !== undefined && (id === '' || id.length > longestName)) {
    const message =
      id === '' ? 'the name of the series is missing' : `a name of ${id.length} characters; is this the right column?`;
    throw new CellProblem('data/name', places.id, message);
  }
  const series = ids.get(id) ?? rows.seriesCount;
  if (series === rows.seriesCount) rows.seriesCount += 1;
  // The text as it is written too, so that most rows need one look-up and no trimming.
  ids.set(text, series).set(id, series);
  return series;
}

function numberAt(fields: readonly string[], index: number, { numbers, decimal }: FileFormat): number {
  const text = fields[index] ?? '';
  const value = numbers.read(text);
  if (value !== undefined && value - value === 0) return value;
  if (value === undefined) {
    const message = `${JSON.stringify(text.slice(0, 100))} is no number (decimal ${decimal === '.' ? 'point' : 'comma'}, no thousands separators); correct it, or list it in data.missing`;
    throw new CellProblem('data/number', index, message);
  }
  if (Number.isNaN(value)) return NaN;
  throw new CellProblem('data/infinite', index, `${text.trim()} is not finite; correct it, or list it in data.missing`);
}

interface CovariateContext {
  readonly format: FileFormat;
  readonly categories: Map<string, number>;
}

/** A number, or the number of a category. */
function covariateAt(
  fields: readonly string[],
  place: CovariateColumn,
  { format, categories }: CovariateContext,
): number {
  if (!place.categorical) return numberAt(fields, place.index, format);
  const text = fields[place.index] ?? '';
  const known = categories.get(text);
  if (known !== undefined) return known;
  // The configured texts, and no numbers: `-9999` may be a category.
  if (Number.isNaN(format.numbers.read(text) ?? 0)) return NaN;
  if (text.length > longestName) {
    throw new CellProblem(
      'data/name',
      place.index,
      `a category of ${text.length} characters; is this the right column?`,
    );
  }
  categories.set(text, categories.size);
  return categories.size - 1;
}

interface StaticContext {
  readonly places: Places;
  readonly format: FileFormat;
  readonly series: number;
}

function addStatic(rows: Rows, fields: readonly string[], { places, format, series }: StaticContext): void {
  for (const [column, place] of places.static.entries()) {
    const value = covariateAt(fields, place, { format, categories: rows.categories.static[column]! });
    const values = rows.static[column]!;
    const before = values[series] ?? NaN;
    if (Number.isNaN(before)) values[series] = value;
    else if (value !== before && !Number.isNaN(value)) {
      const text = JSON.stringify(fields[place.index]);
      throw new CellProblem(
        'data/static',
        place.index,
        `${text} differs from an earlier row of the same series; a static column has one value a series, name it in data.past or data.known instead`,
      );
    }
  }
}

function finish(rows: Rows, files: readonly TableFile[]): Table {
  const ids: string[] = [];
  for (const [id, series] of rows.ids) ids[series] ??= id.trim();
  const names = (key: 'past' | 'known' | 'static') =>
    rows.roles[key].map((column, index) => (column.categorical ? [...rows.categories[key][index]!.keys()] : undefined));
  const records = rows.records?.values();
  return {
    name: files[0]!.source.name,
    roles: rows.roles,
    hasTimes: rows.hasTimes,
    ids,
    series: rows.series.values(),
    times: rows.times.values(),
    targets: rows.columns.targets.map((column) => column.values()),
    past: rows.columns.past.map((column) => column.values()),
    known: rows.columns.known.map((column) => column.values()),
    static: rows.static.map((column) => Float64Array.from(ids, (_, series) => column[series] ?? NaN)),
    categories: { past: names('past'), known: names('known'), static: names('static') },
    fileEnds: rows.fileEnds,
    async place(row) {
      const file = rows.fileEnds.findIndex((end) => row < end);
      const { source, format } = files[file]!;
      const before = file === 0 ? 0 : rows.fileEnds[file - 1]!;
      const record = records ? records[row]! : row - before + (format.hasHeader ? 1 : 0);
      return `${source.name}: line ${await lineOfRecord(source, format.csv, record)}`;
    },
  };
}
