import { DataError, linesOf, type ByteSource } from '@unroll/core';
import type { FormatName } from '../config.js';
import { emptyFile, isBlank, longestLine } from './format.js';

const endings: Readonly<Record<string, FormatName>> = {
  json: 'jsonl',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  tsv: 'tsv',
  tab: 'tsv',
};

/**
 * The format of one file of pairs by the end of its name, otherwise by its first line: an object is JSON lines, a tab is TSV.
 *
 * @throws {DataError} `data/empty`, `data/unknown-format`
 */
export async function findFormat(file: ByteSource): Promise<Exclude<FormatName, 'parallel'>> {
  const ending = /\.([a-z]+)(?:\.gz)?\)?$/i.exec(file.name)?.[1]?.toLowerCase() ?? '';
  const named = endings[ending];
  if (named === 'tsv' || named === 'jsonl') return named;
  let line = 0;
  for await (const text of linesOf(file, { longest: longestLine })) {
    line += 1;
    if (isBlank(text)) continue;
    if (/^\s*\{/.test(text)) return 'jsonl';
    if (text.includes('\t')) return 'tsv';
    const message = `${file.name}: line ${line} is neither two columns with a tab between them nor a JSON object; give a TSV, JSON lines, or two files, one of the source and one of the target`;
    throw new DataError('data/unknown-format', message);
  }
  throw emptyFile(file.name);
}
