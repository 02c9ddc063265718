import { DataError, type ByteSource } from '@unroll/core';
import { formatFrequency, parseFrequency, timeAt } from './calendar/frequency.js';
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
  const { panel, kept } = build(sources.name, { table, assembled, config }, onProgress);
  describe(panel, { table, merged: assembled.merged }, onProgress);
  warnOfLeaks(panel, table.roles, onProgress);
  return parts.length === 1 ? { panel } : { panel, bounds: kept.map((index) => assembled.bounds[index]!) };
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

function build(
  name: string,
  { table, assembled, config }: Parts,
  onProgress: (line: string) => void,
): { readonly panel: Panel; readonly kept: readonly number[] } {
  const { roles } = table;
  const columns = (key: 'past' | 'known' | 'static'): readonly Column[] =>
    roles[key].map((column, index) => {
      const categories = table.categories[key][index];
      return categories ? { name: column.name, categories } : { name: column.name };
    });
  const inColumns = config.seriesIn === 'columns' && roles.layout !== 'rows' && roles.targets.length > 1;
  const all = inColumns
    ? assembled.series.flatMap((one) => byColumn(one, roles.targetNames))
    : assembled.series.map((one) => one);
  const from = (index: number) => (inColumns ? Math.floor(index / roles.targets.length) : index);
  const kept = [...all.keys()].filter((index) =>
    all[index]!.targets.some((values) => values.some((value) => value === value)),
  );
  if (kept.length === 0) {
    throw new DataError(
      'data/all-missing',
      `${name}: no series has a value in ${list(roles.targetNames)}; is the target another column (data.target)?`,
    );
  }
  const missing = all.filter((_, index) => !kept.includes(index)).map(({ id }) => id);
  if (missing.length > 0)
    onProgress(`left out, without any value: ${many(missing.length, 'series')} (${list(missing, 5)})`);
  const panel: Panel = {
    name,
    frequency: assembled.frequency,
    targetNames: inColumns ? ['value'] : roles.targetNames,
    past: columns('past'),
    known: columns('known'),
    static: columns('static'),
    series: kept.map((index) => all[index]!),
  };
  return { panel, kept: kept.map(from) };
}

/** Each channel as a series of its own. */
function byColumn(series: Series, names: readonly string[]): readonly Series[] {
  return names.map((name, channel) => {
    const id = series.id === '' ? name : `${series.id}/${name}`;
    return { ...series, id, targets: [series.targets[channel]!] };
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
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
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
