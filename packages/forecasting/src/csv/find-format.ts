import { DataError, type ByteSource } from '@unroll/core';
import { parse } from 'csv-parse';
import { parseIso } from '../calendar/iso.js';
import type { DataConfig } from '../config.js';
import { createNumberReader, type NumberReader } from './numbers.js';
import { readRecords, type CsvOptions } from './read-records.js';

/** How a file is written: given by the configuration, or found in its first lines. */
export interface FileFormat {
  readonly csv: CsvOptions;
  readonly decimal: '.' | ',';
  readonly hasHeader: boolean;
  /** of the columns; their numbers from 1 where there is no header */
  readonly names: readonly string[];
  /** the first rows, without the header */
  readonly sample: readonly (readonly string[])[];
  readonly numbers: NumberReader;
}

/** Bytes and records that are looked at. */
const headBytes = 1 << 20;
const sampleRecords = 1000;
/** Where two fit equally well, the one that stands in fewer numbers and texts is before. */
const delimiters = ['\t', ';', '|', ','];

/** @throws {DataError} `data/empty`, `data/no-rows`, `data/duplicate-column`, and what `readRecords` throws */
export async function findFormat(source: ByteSource, config: DataConfig): Promise<FileFormat> {
  const head = await readHead(source);
  const given = config.delimiter === '\\t' || config.delimiter === 'tab' ? '\t' : config.delimiter;
  const candidates = await Promise.all(
    (given === 'auto' ? delimiters : [given]).map(async (delimiter) => {
      return { delimiter, records: await recordsOf(head, delimiter) };
    }),
  );
  const { delimiter, records } = best(candidates);
  const ragged = config.layout === 'rows';
  if (records[0] === undefined || !isUtf8(head)) {
    // A file that begins with a broken record is not empty, and is told what is wrong with it.
    await readRecords(source, { delimiter, ragged: true }, () => {});
    throw new DataError('data/empty', `${source.name} is empty; expected a header and rows`);
  }
  const decimal = config.decimal === 'auto' ? findDecimal(records, delimiter) : config.decimal;
  const numbers = createNumberReader(decimal, config.missing);
  const hasHeader = config.header === 'auto' ? looksLikeHeader(records, numbers) : config.header;
  const [first] = records;
  const names = hasHeader ? columnNames(first, source.name) : first.map((_, index) => String(index + 1));
  const sample = hasHeader ? records.slice(1) : records;
  if (sample.length === 0) {
    throw new DataError('data/no-rows', `${source.name} has a header (${list(names)}) and no rows below it`);
  }
  return { csv: { delimiter, ragged }, decimal, hasHeader, names, sample, numbers };
}

async function readHead(source: ByteSource): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of source.bytes()) {
    pieces.push(bytes);
    length += bytes.length;
    if (length >= headBytes) return Buffer.concat(pieces);
  }
  // The last line of a whole file is complete, also without a line break; the parser looks a few bytes ahead.
  return Buffer.concat([...pieces, Buffer.from('\n\n\n\n')]);
}

/** A character that is cut at the end does not count. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The complete records of a beginning, as far as they can be read. */
async function recordsOf(head: Uint8Array, delimiter: string): Promise<readonly (readonly string[])[]> {
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    to: sampleRecords,
  });
  const records: string[][] = [];
  parser.on('data', (record: string[]) => void records.push(record));
  parser.on('error', () => {});
  await new Promise<void>((resolve) => {
    parser.once('end', resolve);
    parser.write(head, () => resolve());
  });
  parser.destroy();
  // Lines of white space alone are no records.
  return records.filter((record) => record.length > 1 || record[0]!.trim() !== '');
}

interface Candidate {
  readonly delimiter: string;
  readonly records: readonly (readonly string[])[];
}

/** The delimiter with which most records have the same number of fields, at least two. */
function best(candidates: readonly Candidate[]): Candidate {
  const rated = candidates.map((candidate) => {
    const counts = new Map<number, number>();
    for (const { length } of candidate.records) counts.set(length, (counts.get(length) ?? 0) + 1);
    const [fields, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    const startsAlike = candidate.records[0]?.length === fields;
    return { candidate, share: fields < 2 ? 0 : (count + (startsAlike ? 1 : 0)) / (candidate.records.length + 1) };
  });
  const top = rated.reduce((a, b) => (b.share > a.share ? b : a));
  return top.share === 0 ? candidates.at(-1)! : top.candidate;
}

/** A comma where numbers have one and none has a point. */
function findDecimal(records: readonly (readonly string[])[], delimiter: string): '.' | ',' {
  const fields = records.flat().map((field) => field.trim());
  const withComma = fields.filter((field) => /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(field));
  if (withComma.length === 0 || fields.some((field) => /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i.test(field))) return '.';
  // Between commas a quoted "1,234" is rather a thousand; as it cannot be told, the cell is refused when it is read.
  const thousands = withComma.every((field) => /^[+-]?\d{1,3},\d{3}$/.test(field));
  return delimiter === ',' && thousands ? '.' : ',';
}

/** A first line of texts above columns of numbers or times, of times above numbers, or of texts alone. */
function looksLikeHeader(records: readonly (readonly string[])[], numbers: NumberReader): boolean {
  const [first = [], ...others] = records;
  const kinds = first.map((field) => kindOf(field, numbers));
  if (!kinds.includes('number') && !kinds.includes('time')) return kinds.includes('text');
  return kinds.some((kind, column) => {
    if (kind === 'missing' || kind === 'number') return false;
    const below = others.map((record) => kindOf(record[column] ?? '', numbers)).filter((found) => found !== 'missing');
    return below.length > 0 && below.every((found) => found !== 'text' && found !== kind);
  });
}

function kindOf(field: string, numbers: NumberReader): 'missing' | 'number' | 'time' | 'text' {
  const number = numbers.read(field);
  if (number !== undefined) return Number.isNaN(number) ? 'missing' : 'number';
  return parseIso(field.trim(), { time: 0, offset: 0 }) ? 'time' : 'text';
}

function columnNames(fields: readonly string[], file: string): readonly string[] {
  const names = fields.map((field, index) => field.trim() || `column ${index + 1}`);
  const place = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const before = place.get(name);
    if (before !== undefined) {
      const message = `${file}: the columns ${before + 1} and ${index + 1} are both called ${JSON.stringify(name)}; rename one`;
      throw new DataError('data/duplicate-column', message);
    }
    place.set(name, index);
  }
  return names;
}

/** Names for a message: all, or the first ones and how many more. */
export function list(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
