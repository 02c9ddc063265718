import type { FormatName } from '../config.js';
import { isDocumentBorder, splitCells } from './conll.js';
import { emptyFile } from './format.js';
import { holdsSentence, isBlank, withoutEnd, type LineFile } from './lines.js';

const endings: Readonly<Record<string, FormatName>> = {
  conllu: 'conllu',
  json: 'jsonl',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  tsv: 'tsv',
  conll: 'conll',
};

/**
 * The format of a file by the end of its name, otherwise by its first lines: objects are JSON lines, ten cells with numbers first
 * CoNLL-U, tabs in every line TSV, and lines of two or more words, all equally many, CoNLL. Anything else is running text.
 *
 * @throws {DataError} `data/empty`
 */
export async function findFormat(file: LineFile): Promise<FormatName> {
  const ending = /\.([a-z]+)(?:\.gz)?\)?$/i.exec(file.name)?.[1]?.toLowerCase() ?? '';
  const named = endings[ending];
  if (named) return named;
  const head = await file.head((lines) => holdsSentence(lines.filter((line) => !isDocumentBorder(line))));
  const lines = head.map(withoutEnd).filter((line) => !isBlank(line) && !isDocumentBorder(line));
  const first = lines[0];
  if (first === undefined) throw emptyFile(file.name);
  if (/^\s*\{/.test(first)) return 'jsonl';
  const rows = lines.filter((line) => !line.startsWith('# '));
  if (rows.length > 0 && rows.every((line) => /^\d+([-.]\d+)?\t/.test(line) && line.split('\t').length === 10))
    return 'conllu';
  if (isTable(lines, (line) => line.split('\t'))) return 'tsv';
  return isTable(lines, splitCells) && lines.length > 1 ? 'conll' : 'text';
}

function isTable(lines: readonly string[], split: (line: string) => readonly string[]): boolean {
  const width = split(lines[0]!).length;
  return width > 1 && lines.every((line) => split(line).length === width);
}
