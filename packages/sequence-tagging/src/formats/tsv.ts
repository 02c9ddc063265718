import { DataError } from '@unroll/core';
import { chooseColumns } from './columns.js';
import { readColumnFile } from './column-file.js';
import { widthOf } from './conll.js';
import type { DataConfig } from '../config.js';
import { emptyFile, type OpenFormat } from './format.js';
import { endOf, isBlank, withoutEnd, type LineFile } from './lines.js';

const splitTabs = (text: string): string[] => text.split('\t');

/**
 * Columns apart by one tab, with a header or none, one token a line, an empty line behind each sentence. Cells may be empty and hold
 * spaces; a quote is a character as any other. A further column stands behind the last one.
 */
export const openTsv: OpenFormat = async (file, data, options) => {
  const width = await widthOf(file, splitTabs);
  const { before, line } = await firstLine(file);
  const hasHeader = data.header === 'auto' ? looksLikeHeader(splitTabs(withoutEnd(line)), data) : data.header;
  const names = hasHeader ? headerNames(withoutEnd(line), file.name) : undefined;
  const table = { name: file.name, width, ...(names && { names }) };
  const defaults = { token: 0, tags: width > 1 ? [width - 1] : [] };
  const { places, columns, hasTags } = chooseColumns(table, { data, options, defaults });
  const reader = readColumnFile(file, {
    table,
    places,
    split: splitTabs,
    kindOf: () => 'token',
    append: (text, cells) => [text, ...cells.map(tsvCell)].join('\t'),
    skip: hasHeader ? before.length + 1 : 0,
  });
  const header = (added: readonly string[]) =>
    hasHeader ? before.join('') + [withoutEnd(line), ...added.map(tsvCell)].join('\t') + endOf(line) : '';
  return { name: file.name, format: 'tsv', columns, hasTags, header, ...reader };
};

/** A cell as TSV can hold it. @throws {DataError} `data/white-space` for a tab or line break inside */
export function tsvCell(cell: string): string {
  if (!/[\t\r\n]/.test(cell)) return cell;
  const message = `${JSON.stringify(cell)} holds a tab or a line break, which TSV cannot write; use JSON lines`;
  throw new DataError('data/white-space', message);
}

async function firstLine(file: LineFile): Promise<{ readonly before: readonly string[]; readonly line: string }> {
  const lines = await file.head((head) => head.some((line) => !isBlank(line)));
  const index = lines.findIndex((line) => !isBlank(line));
  if (index < 0) throw emptyFile(file.name);
  return { before: lines.slice(0, index), line: lines[index]! };
}

const usualName =
  /^(id|index|token|tokens|word|words|form|text|lemma|tag|tags|label|labels|pos|upos|xpos|ner|entity|chunk|feats|features|slot|casing|punctuation|sentence)$/i;

/** The columns are asked for by names that stand in the line, or two of its cells at least are what columns are usually called. */
export function looksLikeHeader(
  cells: readonly string[],
  data: Pick<DataConfig, 'token' | 'tags' | 'features'>,
): boolean {
  if (new Set(cells).size < cells.length) return false;
  const asked = [...(data.token === 'auto' ? [] : [data.token]), ...data.tags, ...data.features];
  if (asked.some((name) => !/^[+-]?\d+$/.test(name) && cells.includes(name))) return true;
  return cells.filter((cell) => usualName.test(cell)).length >= 2;
}

function headerNames(text: string, file: string): readonly string[] {
  const names = splitTabs(text);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return names;
  const message = `${file}: two columns of the header are called ${JSON.stringify(twice)}; rename one`;
  throw new DataError('data/duplicate-column', message);
}
