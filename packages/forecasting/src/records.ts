import { DataError, type ByteSource } from '@unroll/core';
import { formatFrequency, parseFrequency, timeAt, type Frequency } from './calendar/frequency.js';
import { createStampReader } from './calendar/time-stamps.js';
import type { DataConfig } from './config.js';
import { findFormat, list } from './csv/find-format.js';
import { assemble, type Assembled } from './csv/series.js';
import { readTable, type Table } from './csv/table.js';
import { warnOfLeaks } from './csv/leaks.js';
import type { Column, Panel, Series, SplitBounds } from './types.js';

/** Files of one panel: the rows of `valid` and `test` continue the series of `train`. */
export interface PanelSources {
  /** for messages: a path or a dataset's name */
  readonly name: string;
  readonly train: ByteSource;
  readonly valid?: ByteSource;
  readonly test?: ByteSource;
}

export interface ReadPanelResult {
  readonly panel: Panel;
  /** where each file ended, where there are several */
  readonly bounds?: readonly SplitBounds[];
}

/**
 * Reads CSV files into series on a regular time axis: steps without a row and cells without a value are NaN. What was
 * found in the files rather than given, and what may be a mistake (`warning: …`), is said line by line.
 *
 * @throws {DataError} `data/…`, naming file, line and column, and what to do
 * @throws {ConfigError} `config/…`
 */
export async function readPanel(
  sources: PanelSources,
  config: DataConfig,
  onProgress: (line: string) => void = () => {},
): Promise<ReadPanelResult> {
  const parts = (['train', 'valid', 'test'] as const).filter((part) => sources[part] !== undefined);
  const files = [];
  for (const part of parts) {
    const source = sources[part]!;
    files.push({ source, format: await findFormat(source, config) });
  }
  const table = await readTable(files, config);
  const assembled = withStart(await assemble(table, { config, parts }), config);
  const { panel, bounds } = build(sources.name, { table, assembled, config }, onProgress);
  describe(panel, { table, merged: assembled.merged }, onProgress);
  warnOfLeaks(panel, table.roles, onProgress);
  return parts.length === 1 ? { panel } : { panel, bounds };
}

/** Rows without times, of which the configuration says when they begin. */
function withStart(assembled: Assembled, { start, frequency, timeZone }: DataConfig): Assembled {
  if (assembled.frequency.unit !== 'step' || start === null) return assembled;
  if (frequency === 'auto') {
    throw new DataError('data/frequency', 'data.start says when rows without times begin; say data.frequency too');
  }
  const stamps = createStampReader('iso', timeZone);
  const first = stamps.read(start, NaN);
  if (Number.isNaN(first)) throw new DataError('data/time-stamp', `data.start: ${stamps.explain(start)}`);
  const found = parseFrequency(frequency, timeZone);
  return {
    ...assembled,
    frequency: found,
    series: assembled.series.map((one) => ({ ...one, start: timeAt(first, one.start, found) })),
  };
}

interface Parts {
  readonly table: Table;
  readonly assembled: Assembled;
  readonly config: DataConfig;
}

interface BoundedSeries {
  readonly series: Series;
  readonly bounds: SplitBounds;
}

function build(
  name: string,
  { table, assembled, config }: Parts,
  onProgress: (line: string) => void,
): Required<ReadPanelResult> {
  const { roles } = table;
  const columns = (key: 'past' | 'known' | 'static'): readonly Column[] =>
    roles[key].map((column, index) => {
      const categories = table.categories[key][index];
      return categories ? { name: column.name, categories } : { name: column.name };
    });
  const inColumns = config.seriesIn === 'columns' && roles.layout !== 'rows' && roles.targets.length > 1;
  const { frequency } = assembled;
  const all = assembled.series.flatMap((series, index): readonly BoundedSeries[] => {
    const bounded = { series, bounds: assembled.bounds[index]! };
    return inColumns ? byColumn(bounded, roles.targetNames, frequency) : [bounded];
  });
  const kept = all.filter(({ series }) =>
    series.targets.some((values) => values.some((value) => !Number.isNaN(value))),
  );
  if (kept.length === 0) {
    const message = `${name}: no series has a value in ${list(roles.targetNames)}; is the target another column (data.target)?`;
    throw new DataError('data/all-missing', message);
  }
  if (kept.length < all.length) {
    const keptOnes = new Set(kept);
    const missing = all.filter((one) => !keptOnes.has(one)).map(({ series }) => series.id);
    onProgress(`left out, without any value: ${many(missing.length, 'series')} (${list(missing, 5)})`);
  }
  const panel: Panel = {
    name,
    frequency,
    targetNames: inColumns ? ['value'] : roles.targetNames,
    past: columns('past'),
    known: columns('known'),
    static: columns('static'),
    series: kept.map(({ series }) => series),
  };
  return { panel, bounds: kept.map(({ bounds }) => bounds) };
}

/** Each channel as a series of its own, which begins with its first value. */
function byColumn(
  { series, bounds }: BoundedSeries,
  names: readonly string[],
  frequency: Frequency,
): readonly BoundedSeries[] {
  return names.map((name, channel) => {
    const target = series.targets[channel]!;
    const first = Math.max(
      0,
      target.findIndex((value) => !Number.isNaN(value)),
    );
    const from = (columns: readonly Float64Array[]) => columns.map((column) => column.subarray(first));
    const cut = (end: number) => Math.max(0, end - first);
    return {
      series: {
        ...series,
        id: series.id === '' ? name : `${series.id}/${name}`,
        start: timeAt(series.start, first, frequency),
        length: series.length - first,
        targets: from([target]),
        past: from(series.past),
        known: from(series.known),
      },
      bounds: { trainEnd: cut(bounds.trainEnd), validEnd: cut(bounds.validEnd), testEnd: cut(bounds.testEnd) },
    };
  });
}

interface Described {
  readonly table: Table;
  readonly merged: number;
}

/** What was found, in a few lines. */
function describe(panel: Panel, { table, merged }: Described, onProgress: (line: string) => void): void {
  const { series, frequency, targetNames } = panel;
  const lengths = series.map(({ length }) => length);
  const shortest = lengths.reduce((a, b) => Math.min(a, b));
  const longest = lengths.reduce((a, b) => Math.max(a, b));
  const steps = shortest === longest ? many(longest, 'step') : `${shortest} to ${longest} steps`;
  const values = series.flatMap(({ targets }) => targets);
  const missing = values.reduce((sum, column) => sum + column.filter((value) => value !== value).length, 0);
  const { time } = table.roles;
  const axis = time ? `time in ${JSON.stringify(time.name)}` : 'no times';
  onProgress(
    `${panel.name}: ${many(series.length, 'series')} of ${steps}, ${axis}, frequency ${formatFrequency(frequency)}, target ${list(targetNames)}`,
  );
  if (missing > 0)
    onProgress(`missing: ${many(missing, 'value')} of ${values.reduce((sum, column) => sum + column.length, 0)}`);
  if (merged > 0) onProgress(`merged: ${many(merged, 'row')} with the time of another`);
  const empty = targetNames.filter((_, channel) =>
    series.every(({ targets }) => targets[channel]!.every(Number.isNaN)),
  );
  if (empty.length > 0) onProgress(`warning: without any value: ${list(empty, 5)}; name the others as targets`);
  const constant = series.flatMap(({ id, targets }) =>
    targets.flatMap((column, channel) =>
      isConstant(column)
        ? [[id, targetNames.length > 1 ? targetNames[channel] : ''].filter(Boolean).join(' ') || targetNames[channel]!]
        : [],
    ),
  );
  if (constant.length > 0) onProgress(`warning: constant: ${list(constant, 5)}`);
}

function isConstant(values: Float64Array): boolean {
  const first = values.find((value) => value === value);
  return first !== undefined && values.every((value) => value !== value || value === first);
}

function many(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 || noun.endsWith('s') ? '' : 's'}`;
}
