import { ConfigError, DataError } from '@unroll/core';
import { distance } from 'fastest-levenshtein';
import { detectStampFormat, type StampFormat } from '../calendar/time-stamps.js';
import type { DataConfig } from '../config.js';
import { list, type FileFormat } from './find-format.js';

/** A column by its place in the file. */
export interface CovariateColumn {
  readonly index: number;
  readonly name: string;
  /** whether its cells are texts of a category */
  readonly categorical: boolean;
}

export interface TimeColumns {
  /** one column, or several that hold year, month, day, hour, minute and second, in this order */
  readonly indexes: readonly number[];
  readonly name: string;
  readonly format: StampFormat;
}

/** What each column of a file is for. */
export interface ColumnRoles {
  readonly layout: 'long' | 'wide' | 'rows';
  readonly time: TimeColumns | undefined;
  readonly id: number | undefined;
  readonly targets: readonly number[];
  readonly targetNames: readonly string[];
  readonly past: readonly CovariateColumn[];
  readonly known: readonly CovariateColumn[];
  readonly static: readonly CovariateColumn[];
}

const timeName =
  /^(time|date|datetime|timestamp|ds|ts|t|step|index|day|week|month|quarter|year|hour|period)$|(^|[_ .-])(time|date|timestamp)([_ .-]|$)/i;

/**
 * @param file - for messages
 * @throws {DataError} `data/unknown-column` naming the nearest, `data/no-time`, `data/time-stamp`, `data/no-target`
 * @throws {ConfigError} `config/layout`, `config/time-format`
 */
export function assignRoles(file: string, format: FileFormat, config: DataConfig): ColumnRoles {
  const find = (name: string, key: string) => findColumn(file, format, { name, key });
  const id = config.id === null ? undefined : find(config.id, 'id');
  const covariates = (key: 'past' | 'known' | 'static') =>
    config[key].map((name) => {
      const index = find(name, key);
      return { index, name, categorical: config.categorical.includes(name) || !isNumeric(format, index) };
    });
  const roles = { past: covariates('past'), known: covariates('known'), static: covariates('static') };
  for (const name of config.categorical) find(name, 'categorical');
  const taken = new Set([...roles.past, ...roles.known, ...roles.static].map(({ index }) => index));
  if (id !== undefined) taken.add(id);
  if (config.layout === 'rows' || (config.layout === 'auto' && looksLikeRows(format, config))) {
    return rowsRoles({ file, format, config, id, taken }, roles);
  }
  const time = timeColumn(file, format, { config, taken });
  for (const index of time?.indexes ?? []) taken.add(index);
  const targets =
    config.target.length > 0
      ? config.target.map((name) => find(name, 'target'))
      : format.names.flatMap((_, index) => (!taken.has(index) && isNumeric(format, index) ? [index] : []));
  if (targets.length === 0) {
    const message = `${file} has no column of numbers to forecast among ${list(format.names)}; name one with data.target`;
    throw new DataError('data/no-target', message);
  }
  const layout =
    id !== undefined ? 'long' : config.layout === 'auto' ? (targets.length > 1 ? 'wide' : 'long') : config.layout;
  if (layout === 'wide' && id !== undefined) {
    throw new ConfigError('config/layout', 'data.id names series of the long layout; leave it out, or data.layout');
  }
  return { layout, time, id, targets, targetNames: targets.map((index) => format.names[index]!), ...roles };
}

/**
 * The place of a column by name.
 *
 * @throws {DataError} `data/unknown-column`
 */
export function findColumn(
  file: string,
  { names, hasHeader }: Pick<FileFormat, 'names' | 'hasHeader'>,
  { name, key }: { readonly name: string; readonly key: string },
): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  const near = names.toSorted(
    (a, b) => distance(name.toLowerCase(), a.toLowerCase()) - distance(name.toLowerCase(), b.toLowerCase()),
  )[0]!;
  const hint = hasHeader
    ? `did you mean ${JSON.stringify(near)}? It has ${list(names)}`
    : `it has no header: its columns are called 1 to ${names.length}`;
  throw new DataError('data/unknown-column', `${file} has no column ${JSON.stringify(name)} (data.${key}); ${hint}`);
}

function cells({ sample }: FileFormat, index: number): readonly string[] {
  return sample.map((record) => record[index] ?? '');
}

/** Numbers and missing values alone, as far as the sample says. */
function isNumeric(format: FileFormat, index: number): boolean {
  return cells(format, index).every((cell) => format.numbers.read(cell) !== undefined);
}

interface TimeOptions {
  readonly config: DataConfig;
  readonly taken: ReadonlySet<number>;
}

function timeColumn(file: string, format: FileFormat, { config, taken }: TimeOptions): TimeColumns | undefined {
  if (config.time === 'none') return undefined;
  if (config.time.includes(',') && !format.names.includes(config.time)) {
    const names = config.time.split(',').map((name) => name.trim());
    const indexes = names.map((name) => findColumn(file, format, { name, key: 'time' }));
    return { indexes, name: names.join(', '), format: 'iso' };
  }
  const given = config.time !== 'auto';
  const places = given
    ? [findColumn(file, format, { name: config.time, key: 'time' })]
    : format.names
        .map((_, index) => index)
        .filter((index) => !taken.has(index) && !config.target.includes(format.names[index]!));
  // Named like a time first; then whatever is written like one, but then no mere numbers.
  const named = places.filter((index) => given || timeName.test(format.names[index]!));
  for (const index of new Set([...named, ...places])) {
    const found = stampFormat(format, index, { config, numeric: named.includes(index) });
    if (found !== undefined) return { indexes: [index], name: format.names[index]!, format: found };
  }
  if (given) throw unreadable(file, format, places[0]!);
  throw new DataError(
    'data/no-time',
    `${file} has no column of times among ${list(format.names)}; name it with data.time (and data.timeFormat), or say data.time none for rows at equal distance`,
  );
}

function stampFormat(
  format: FileFormat,
  index: number,
  { config, numeric }: { readonly config: DataConfig; readonly numeric: boolean },
): StampFormat | undefined {
  switch (config.timeFormat) {
    case 'auto': {
      // One bad stamp among good ones is named with its line when it is read; it must not hide the column.
      const texts = cells(format, index);
      return (
        detectStampFormat(texts, { numeric }) ??
        (numeric ? detectStampFormat(texts, { numeric, share: 0.5 }) : undefined)
      );
    }
    case 'iso':
    case 'epoch':
    case 'epoch-ms':
      return config.timeFormat;
    default:
      return { pattern: config.timeFormat };
  }
}

function unreadable(file: string, format: FileFormat, index: number): DataError {
  const text = cells(format, index).find((cell) => cell.trim() !== '') ?? '';
  return new DataError(
    'data/time-stamp',
    `${file}: column ${JSON.stringify(format.names[index])}: ${JSON.stringify(text)} is no time; name another column with data.time, or say how times are written with data.timeFormat (dd.MM.yyyy HH:mm)`,
  );
}

/** A name, then values: the header counts (`V1`, `V2`, …) or says the times. */
function looksLikeRows(format: FileFormat, config: DataConfig): boolean {
  if (config.time !== 'auto' || !format.hasHeader || format.names.length < 4 || isNumeric(format, 0)) return false;
  const names = format.names.slice(1);
  return names.every((name) => /^\D{0,6}\d+$/.test(name)) || isTimes(names);
}

function isTimes(names: readonly string[]): boolean {
  return detectStampFormat(names, { numeric: true }) === 'iso';
}

interface RowsOptions {
  readonly file: string;
  readonly format: FileFormat;
  readonly config: DataConfig;
  readonly id: number | undefined;
  readonly taken: ReadonlySet<number>;
}

function rowsRoles(
  { file, format, config, id, taken }: RowsOptions,
  roles: Pick<ColumnRoles, 'past' | 'known' | 'static'>,
): ColumnRoles {
  if (config.past.length + config.known.length + config.target.length > 0) {
    const message =
      'data.past, data.known and data.target name columns of the long and wide layouts; in the layout "rows" a column is a step';
    throw new ConfigError('config/layout', message);
  }
  const name = id ?? (isNumeric(format, 0) ? undefined : 0);
  const targets = format.names.flatMap((_, index) => (index === name || taken.has(index) ? [] : [index]));
  if (targets.length === 0) throw new DataError('data/no-target', `${file} has no columns of values`);
  return { layout: 'rows', time: undefined, id: name, targets, targetNames: ['value'], ...roles };
}
