import { CheckpointError, DataError } from '@unroll/core';
import { z } from 'zod';
import { formatFrequency, formatTime, stepOf, timeAt } from './calendar/frequency.js';
import { describe, frequencySchema, parseJson } from './saved-facts.js';
import type { Panel, Series } from './types.js';

/**
 * What a model knows of its series between two calls of `update`: their rows. A forecast from them is the forecast from a
 * file of all rows, whatever the model is.
 */
export const liveStateFile = 'live-state.json';

/** A gap beyond this is a mistake in a stamp. */
const longestGap = 1_000_000;

/**
 * New rows laid upon those before, series by series. Rows of steps that are there already replace them, where they hold a
 * value; steps that nobody told are missing; rows before the steps that are kept are left out.
 *
 * @param keep - steps that are kept of each series, Infinity for all
 * @throws {DataError} `data/frequency` for stamps between the steps of before, `data/gap`, `data/columns`
 */
export function continuePanel(before: Panel | undefined, rows: Panel, keep: number): Panel {
  if (!before) return { ...rows, series: rows.series.map((series) => lastSteps(series, rows, keep)) };
  requireSameColumns(before, rows);
  const news = new Map(rows.series.map((series) => [series.id, series]));
  const old = new Set(before.series.map(({ id }) => id));
  const continued = before.series.map((series) => {
    const added = news.get(series.id);
    return added ? continueSeries(series, added, before) : series;
  });
  const series = [...continued, ...rows.series.filter(({ id }) => !old.has(id))];
  return { ...before, series: series.map((each) => lastSteps(each, before, keep)) };
}

function namesOf({ targetNames, past, known, static: fixed }: Panel): string {
  return [...targetNames, ...[...past, ...known, ...fixed].map(({ name }) => name)].join(', ');
}

function requireSameColumns(before: Panel, rows: Panel): void {
  if (namesOf(before) === namesOf(rows) && sameFrequency(before, rows)) return;
  const found = `${namesOf(rows)} (${formatFrequency(rows.frequency)})`;
  const expected = `${namesOf(before)} (${formatFrequency(before.frequency)})`;
  throw new DataError('data/columns', `${rows.name}: the rows before had ${expected}, these have ${found}`);
}

function sameFrequency({ frequency: a }: Panel, { frequency: b }: Panel): boolean {
  return a.unit === b.unit && a.count === b.count;
}

function continueSeries(old: Series, added: Series, { frequency, name }: Panel): Series {
  const offset = stepOf(old.start, added.start, frequency);
  if (Number.isNaN(offset)) {
    const stamps = [added.start, old.start].map((time) => formatTime(time, frequency));
    const message = `${name}: ${stamps[0]} is no step of series '${old.id}', which goes on every ${formatFrequency(frequency)} from ${stamps[1]}`;
    throw new DataError('data/frequency', message);
  }
  const gap = offset - old.length;
  if (gap > longestGap) {
    const stamp = formatTime(added.start, frequency);
    throw new DataError(
      'data/gap',
      `${name}: series '${old.id}' ends ${gap} steps before ${stamp}; look at its stamps`,
    );
  }
  const lay = (values: Float64Array, over: Float64Array) => overlay(values, over, offset);
  return {
    id: old.id,
    start: old.start,
    length: Math.max(old.length, offset + added.length),
    targets: old.targets.map((values, i) => lay(values, added.targets[i]!)),
    past: old.past.map((values, i) => lay(values, added.past[i]!)),
    known: old.known.map((values, i) => lay(values, added.known[i]!)),
    static: old.static.map((value, i) => (Number.isNaN(added.static[i]!) ? value : added.static[i]!)),
  };
}

/** @param offset - of the first of `over` among `values`; NaN in `over` says nothing */
function overlay(values: Float64Array, over: Float64Array, offset: number): Float64Array {
  const result = new Float64Array(Math.max(values.length, offset + over.length)).fill(Number.NaN);
  result.set(values);
  for (let i = Math.max(0, -offset); i < over.length; i++) {
    if (!Number.isNaN(over[i]!)) result[offset + i] = over[i]!;
  }
  return result;
}

function lastSteps(series: Series, { frequency }: Panel, keep: number): Series {
  const dropped = Math.max(0, series.length - keep);
  if (dropped === 0) return series;
  const rest = (values: Float64Array) => values.slice(dropped);
  return {
    ...series,
    start: timeAt(series.start, dropped, frequency),
    length: series.length - dropped,
    targets: series.targets.map(rest),
    past: series.past.map(rest),
    known: series.known.map(rest),
  };
}

const numbers = z.array(z.number().nullable()).max(100_000_000);
const columns = z.array(z.strictObject({ name: z.string(), categories: z.array(z.string()).exactOptional() }));

const stateSchema = z.strictObject({
  name: z.string(),
  frequency: frequencySchema,
  targetNames: z.array(z.string()).min(1),
  past: columns,
  known: columns,
  static: columns,
  series: z.array(
    z.strictObject({
      id: z.string(),
      start: z.number(),
      length: z.int().min(1),
      targets: z.array(numbers),
      past: z.array(numbers),
      known: z.array(numbers),
      static: numbers,
    }),
  ),
});

export function serializeLiveState(panel: Panel): string {
  return `${JSON.stringify(panel, (_, value: unknown) => (value instanceof Float64Array ? [...value] : value))}\n`;
}

/**
 * @param path - for messages
 * @throws {CheckpointError} `checkpoint/damaged` for a text that is not what `serializeLiveState` writes
 */
export function parseLiveState(text: string, path: string): Panel {
  const parsed = stateSchema.safeParse(parseJson(text));
  const problem = parsed.success ? misshapen(parsed.data) : describe(parsed.error);
  if (!parsed.success || problem !== undefined) {
    const message = `${path} is no state of a series: ${problem}; delete it and update again from all rows`;
    throw new CheckpointError('checkpoint/damaged', message);
  }
  const series = parsed.data.series.map((each) => ({
    ...each,
    targets: each.targets.map(array),
    past: each.past.map(array),
    known: each.known.map(array),
    static: array(each.static),
  }));
  return { ...parsed.data, series };
}

function array(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

function misshapen({ series, targetNames, past, known, static: fixed }: z.output<typeof stateSchema>) {
  const wrong = series.find(
    (each) =>
      each.targets.length !== targetNames.length ||
      each.past.length !== past.length ||
      each.known.length !== known.length ||
      each.static.length !== fixed.length ||
      [...each.targets, ...each.past].some((values) => values.length !== each.length) ||
      each.known.some((values) => values.length < each.length),
  );
  return wrong && `series '${wrong.id}' has values for other columns or steps`;
}

/** @returns undefined where nothing was updated yet. @throws {CheckpointError} `checkpoint/damaged` */
export async function loadLiveState(folder: string): Promise<Panel | undefined> {
  const path = `${folder}/${liveStateFile}`;
  const { readFileIfAny } = await import('@unroll/core/node');
  const bytes = await readFileIfAny(path);
  return bytes && parseLiveState(new TextDecoder().decode(bytes), path);
}

/** Written beside its place and renamed into it. @throws {DataError} `file/…` */
export async function saveLiveState(folder: string, panel: Panel): Promise<void> {
  const { writeFileAtomically } = await import('@unroll/core/node');
  await writeFileAtomically(`${folder}/${liveStateFile}`, serializeLiveState(panel));
}
