import { DataError, type ByteSource } from '@unroll/core';
import { CsvError, parse, type Options } from 'csv-parse';

/** How a file is cut into records and fields. */
export interface CsvOptions {
  readonly delimiter: string;
  /** whether records may have different numbers of fields */
  readonly ragged: boolean;
}

/** Longer than any honest line, short enough that a quote which is never closed does not fill the memory. */
const longestRecord = 1 << 22;

function parserOptions({ delimiter, ragged }: CsvOptions): Options {
  return {
    bom: true,
    delimiter,
    // Found by the parser they would be those of the first line for the whole file, and slow until it ends.
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: ragged,
    max_record_size: longestRecord,
  };
}

/**
 * Gives every record of a CSV file to `onRecord`, in order, with its number from 0; the file is never held whole. Empty
 * lines are no records. What `onRecord` throws ends the reading.
 *
 * @returns how many records there were
 * @throws {DataError} naming the line: `data/not-utf8`, `data/ragged-row`, `data/quotes`, `data/record-too-long`
 */
export async function readRecords(
  source: ByteSource,
  options: CsvOptions,
  onRecord: (fields: readonly string[], index: number) => void,
): Promise<number> {
  const parser = parse(parserOptions(options));
  let count = 0;
  let failure: unknown;
  const fail = (error: unknown) => (failure ??= error);
  parser.on('data', (fields: string[]) => {
    if (failure !== undefined) return;
    try {
      onRecord(fields, count);
      count += 1;
    } catch (error) {
      fail(error);
    }
  });
  const finished = new Promise<void>((resolve) => {
    parser.once('error', (error) => resolve(void fail(error)));
    parser.once('end', resolve);
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const bytes of source.bytes()) {
    // The records before a bad byte come first, so that the first mistake in the file is the one that is named.
    const sound = isSound(() => decoder.decode(bytes, { stream: true }));
    if (sound) await new Promise<void>((resolve) => void parser.write(bytes, () => resolve()));
    if (!sound || failure !== undefined) {
      parser.destroy();
      throw failure === undefined ? await notUtf8(source) : await explained(failure, source, options);
    }
  }
  if (!isSound(() => decoder.decode())) throw await notUtf8(source);
  parser.end();
  await finished;
  if (failure !== undefined) throw await explained(failure, source, options);
  return count;
}

function isSound(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch {
    return false;
  }
}

/** No byte of a longer character is a line break, so that each line can be decoded alone. */
async function notUtf8(source: ByteSource): Promise<DataError> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let bad: number | undefined;
  for await (const bytes of source.bytes()) {
    let from = 0;
    while (bad === undefined) {
      const end = bytes.indexOf(10, from);
      const piece = end < 0 ? bytes.subarray(from) : bytes.subarray(from, end);
      if (!isSound(() => decoder.decode(piece, { stream: end < 0 }))) bad = line;
      if (end < 0) break;
      line += 1;
      from = end + 1;
    }
    if (bad !== undefined) break;
  }
  return new DataError('data/not-utf8', `${source.name}: line ${bad ?? line} is not UTF-8; save the file as UTF-8`);
}

/** In words of ours, with the line where the trouble is; what is no error of the parser stays as it is. */
async function explained(failure: unknown, source: ByteSource, options: CsvOptions): Promise<unknown> {
  if (!(failure instanceof CsvError)) return failure;
  const cause = { cause: failure };
  const { width, ragged, lastLine } = await findTrouble(source, options);
  if (failure.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' && ragged) {
    const message = `${source.name}: line ${ragged.line} has ${ragged.width} fields, the lines before have ${width}; add what is missing, or put a text that holds ${JSON.stringify(options.delimiter)} in quotes`;
    return new DataError('data/ragged-row', message, cause);
  }
  // The parser notices at the end of the file that a quote was not closed; it was opened after the last good record.
  const place = `${source.name}: line ${lastLine + 1}`;
  if (failure.code === 'CSV_QUOTE_NOT_CLOSED') {
    const message = `${place}: a quote is opened and never closed; close it, or double it inside of a text`;
    return new DataError('data/quotes', message, cause);
  }
  if (failure.code === 'CSV_MAX_RECORD_SIZE') {
    const message = `${place}: the record is longer than ${longestRecord >> 20} MiB; is a quote not closed, or is this no CSV file?`;
    return new DataError('data/record-too-long', message, cause);
  }
  const message = `${place}: a quote stands inside of a field; put the whole field in quotes and double those inside`;
  return new DataError('data/quotes', message, cause);
}

interface Trouble {
  /** fields of the first record */
  width: number;
  /** of the last record that could be read */
  lastLine: number;
  /** the first record with another number of fields */
  ragged?: { readonly line: number; readonly width: number };
}

async function findTrouble(source: ByteSource, options: CsvOptions): Promise<Trouble> {
  const trouble: Trouble = { width: 0, lastLine: 0 };
  await visit(source, options, ({ length }, line) => {
    trouble.width ||= length;
    trouble.lastLine = line;
    if (length !== trouble.width) trouble.ragged ??= { line, width: length };
    return trouble.ragged !== undefined && !options.ragged;
  });
  return trouble;
}

/** The line on which record `index` ends, from 1. The file is read again: asked for in messages only. */
export async function lineOfRecord(source: ByteSource, options: CsvOptions, index: number): Promise<number> {
  let found = index + 1;
  let count = 0;
  await visit(source, options, (_record, line) => {
    found = line;
    return count++ === index;
  });
  return found;
}

/** Records with their lines until `visitor` says true or the file cannot be read further. */
async function visit(
  source: ByteSource,
  options: CsvOptions,
  visitor: (record: readonly string[], line: number) => boolean,
): Promise<void> {
  const parser = parse({ ...parserOptions({ ...options, ragged: true }), info: true });
  let done = false;
  parser.on('data', ({ record, info }: { record: string[]; info: { lines: number } }) => {
    done ||= visitor(record, info.lines);
  });
  const finished = new Promise<void>((resolve) => {
    parser.once('error', () => resolve(void (done = true)));
    parser.once('end', resolve);
  });
  for await (const bytes of source.bytes()) {
    await new Promise<void>((resolve) => void parser.write(bytes, () => resolve()));
    if (done) return void parser.destroy();
  }
  parser.end();
  await finished;
}
