import { DataError, linesOf, rawLinesOf, withoutLineEnd, type ByteSource } from '@unroll/core';
import { distance } from 'fastest-levenshtein';
import type { TextPair } from '../types.js';
import { emptyFile, isBlank, longestLine, type RawPairFile, type SidesConfig } from './format.js';

/**
 * Columns apart by one tab, with a header or none, a pair a line. A cell may hold anything but a tab; a quote is a character as
 * any other. Columns that are neither source nor target are passed over.
 */
export async function openTsv(file: ByteSource, data: SidesConfig): Promise<RawPairFile> {
  const first = await firstLine(file);
  const cells = first.text.split('\t');
  const hasHeader = data.header === 'auto' ? looksLikeHeader(cells, data) : data.header;
  const names = hasHeader ? cells : undefined;
  const places = choosePlaces({ file: file.name, line: first.line, width: cells.length, names }, data);
  const nameOf = (place: number) => names?.[place] ?? String(place + 1);
  return {
    name: file.name,
    format: 'tsv',
    sides: { source: nameOf(places.source), target: nameOf(places.target) },
    chunks: () => readRows(file, places, hasHeader ? first.line : 0),
  };
}

interface Places {
  readonly source: number;
  readonly target: number;
}

/** @param skip - lines at the start */
async function* readRows(file: ByteSource, places: Places, skip: number): AsyncGenerator<readonly TextPair[]> {
  const needed = Math.max(places.source, places.target) + 1;
  let line = 0;
  for await (const lines of rawLinesOf(file, { longest: longestLine })) {
    const pairs: TextPair[] = [];
    for (const raw of lines) {
      line += 1;
      if (line <= skip) continue;
      const text = withoutLineEnd(raw);
      const cells = text.split('\t');
      if (cells.length < needed && !isBlank(text))
        throw missingColumn(file.name, { line, cells: cells.length, needed });
      pairs.push({ line, source: cells[places.source] ?? '', target: cells[places.target] ?? '' });
    }
    if (pairs.length > 0) yield pairs;
  }
}

function missingColumn(
  file: string,
  { line, cells, needed }: { readonly line: number; readonly cells: number; readonly needed: number },
): DataError {
  const have = `${cells} column${cells === 1 ? '' : 's'}`;
  const message = `${file}: line ${line} has ${have}, ${needed} are expected; one tab stands between source and target`;
  return new DataError('data/missing-column', message);
}

async function firstLine(file: ByteSource): Promise<{ readonly line: number; readonly text: string }> {
  let line = 0;
  for await (const text of linesOf(file, { longest: longestLine })) {
    line += 1;
    if (!isBlank(text)) return { line, text };
  }
  throw emptyFile(file.name);
}

const usualName =
  /^(id|line|source|target|src|tgt|trg|input|output|original|translation|from|to|question|answer|text|summary|document|english|german|french|spanish|italian|dutch|portuguese|vietnamese|russian|chinese|japanese|ar|cs|de|deu|ger|en|eng|es|spa|fr|fra|fre|hi|it|ita|ja|ko|nl|pl|pt|por|ru|rus|tr|uk|vi|zh)$/i;

/** A column is asked for by a name that stands in the line, or two of its cells at least are what columns are usually called. */
function looksLikeHeader(cells: readonly string[], { source, target }: SidesConfig): boolean {
  if (new Set(cells).size < cells.length) return false;
  if ([source, target].some((name) => name !== 'auto' && !isNumber(name) && cells.includes(name))) return true;
  return cells.filter((cell) => usualName.test(cell)).length >= 2;
}

interface Table {
  readonly file: string;
  /** the first that is not blank */
  readonly line: number;
  readonly width: number;
  readonly names: readonly string[] | undefined;
}

/** @throws {DataError} `data/unknown-column` naming the nearest, `data/missing-column`, `data/column-twice` */
function choosePlaces(table: Table, { source, target }: SidesConfig): Places {
  if (table.width < 2) throw missingColumn(table.file, { line: table.line, cells: table.width, needed: 2 });
  const asked = {
    source: source === 'auto' ? undefined : findColumn(table, source, 'data.source'),
    target: target === 'auto' ? undefined : findColumn(table, target, 'data.target'),
  };
  const places = {
    source: asked.source ?? (asked.target === 0 ? 1 : 0),
    target: asked.target ?? ((asked.source ?? 0) === 0 ? 1 : 0),
  };
  if (places.source !== places.target) return places;
  const message = `${table.file}: column ${table.names?.[places.source] ?? places.source + 1} is source and target at once; change data.source or data.target`;
  throw new DataError('data/column-twice', message);
}

function findColumn({ file, width, names }: Table, column: string, key: string): number {
  const byName = names?.indexOf(column) ?? -1;
  if (byName >= 0) return byName;
  if (isNumber(column) && Number(column) >= 1 && Number(column) <= width) return Number(column) - 1;
  const hint =
    names && !isNumber(column)
      ? `did you mean ${nearest(column, names)}? It has ${names.join(', ')}`
      : `it has ${width} columns, numbered from 1${names ? '' : ', and no header (data.header)'}`;
  throw new DataError('data/unknown-column', `${file} has no column ${JSON.stringify(column)} (${key}); ${hint}`);
}

function nearest(column: string, names: readonly string[]): string {
  const distanceTo = (name: string) => distance(column.toLowerCase(), name.toLowerCase());
  return names.toSorted((a, b) => distanceTo(a) - distanceTo(b))[0] ?? '';
}

function isNumber(column: string): boolean {
  return /^\d+$/.test(column);
}
