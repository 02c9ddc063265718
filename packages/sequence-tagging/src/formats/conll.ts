import { DataError } from '@unroll/core';
import { chooseColumns } from './columns.js';
import { readColumnFile } from './column-file.js';
import { emptyFile, type OpenFormat } from './format.js';
import { isBlank, withoutEnd, type LineFile } from './lines.js';

/** White space alone: other blanks of Unicode stand inside of tokens. */
export function splitCells(text: string): string[] {
  return text.split(/[ \t]+/).filter((cell) => cell !== '');
}

export function isDocumentBorder(line: string): boolean {
  return line.startsWith('-DOCSTART-');
}

/**
 * Columns apart by spaces or tabs, one token a line, an empty line behind each sentence. Lines that begin with `-DOCSTART-` are
 * borders of documents: they are written back and are no sentence. A further column stands behind the last one, apart as
 * that is.
 */
export const openConll: OpenFormat = async (file, data, options) => {
  const table = { name: file.name, width: await widthOf(file, splitCells) };
  const defaults = { token: 0, tags: table.width > 1 ? [table.width - 1] : [] };
  const { places, columns, hasTags } = chooseColumns(table, { data, options, defaults });
  const reader = readColumnFile(file, {
    table,
    places,
    split: splitCells,
    kindOf: (text) => (isDocumentBorder(text) ? 'between' : 'token'),
    append: appendConll,
    skip: 0,
  });
  return { name: file.name, format: 'conll', columns, hasTags, header: () => '', ...reader };
};

function appendConll(text: string, cells: readonly string[]): string {
  const separator = /([ \t]+)[^ \t]+[ \t]*$/.exec(text.trimStart())?.[1] ?? ' ';
  const start = /[ \t]$/.test(text) ? text : text + separator;
  return start + cells.map(conllCell).join(separator);
}

/**
 * A cell as columns apart by white space can hold it: `_` where it is empty.
 *
 * @throws {DataError} `data/white-space` for one with white space inside
 */
export function conllCell(cell: string): string {
  if (!/[ \t\r\n]/.test(cell)) return cell === '' ? '_' : cell;
  const message = `${JSON.stringify(cell)} holds white space, which parts the columns of CoNLL; use TSV or JSON lines`;
  throw new DataError('data/white-space', message);
}

/** Bounds what a line can make of the memory; a real file has some ten. */
const mostColumns = 1000;

const isToken = (line: string) => !isBlank(line) && !isDocumentBorder(line);

/** How many columns the first token has. @throws {DataError} `data/empty`, `data/too-many-columns` */
export async function widthOf(file: LineFile, split: (text: string) => readonly string[]): Promise<number> {
  const lines = await file.head((head) => head.some(isToken));
  const index = lines.findIndex(isToken);
  if (index < 0) throw emptyFile(file.name);
  const width = split(withoutEnd(lines[index]!)).length;
  if (width <= mostColumns) return width;
  const message = `${file.name}: line ${index + 1} has ${width} columns, at most ${mostColumns} can be read; is this plain text (data.format text)?`;
  throw new DataError('data/too-many-columns', message);
}
