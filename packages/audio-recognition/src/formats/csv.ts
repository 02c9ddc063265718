import { DataError } from '@unroll/core';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { DataConfig } from '../config.js';
import { checkColumns, columnNames, longestField, type ManifestRow, type ManifestText } from './manifest-rows.js';

/** Where two fit equally well, the one that stands in fewer texts is before. */
const separators = ['\t', ';', ','] as const;

interface CsvRecord {
  readonly record: readonly string[];
  /** `lines`: of the line on which it ends, from 1 */
  readonly info: { readonly lines: number };
}

/**
 * Rows of a CSV text with a header; columns apart by comma, semicolon or tab.
 *
 * @throws {DataError} naming the line: `data/unknown-column`, `data/ragged-row`, `data/quotes`, `data/record-too-long`, `data/empty`
 */
export function csvRows({ name, text }: ManifestText, columns: DataConfig['columns']): readonly ManifestRow[] {
  const delimiter = separatorOf(text, columns);
  const [header, ...records] = parseRecords({ name, text }, delimiter);
  if (!header) throw new DataError('data/empty', `${name} is empty; expected a header and rows`);
  const names = header.record.map((column) => column.trim());
  const twice = names.find((column, index) => names.indexOf(column) !== index);
  if (twice !== undefined) {
    const message = `${name}: two columns of the header are called ${JSON.stringify(twice)}; rename one`;
    throw new DataError('data/duplicate-column', message);
  }
  checkColumns({ name, names, columns });
  const places = columnNames(columns).map(([column, called]) => [column, names.indexOf(called)] as const);
  return records.map(({ record, info }) => {
    const values = places.map(([column, place]) => [column, (record[place] ?? '').trim()] as const);
    return { line: info.lines, values: Object.fromEntries(values.filter(([, value]) => value !== '')) };
  });
}

/** The one by which the first line falls into most of the columns that are known, then into most columns. */
function separatorOf(text: string, columns: DataConfig['columns']): string {
  const [first = ''] = text
    .slice(0, longestField)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '');
  const known = new Set<string>(Object.values(columns));
  const fit = separators.map((separator) => {
    const cells = first.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    return { separator, score: 1000 * cells.filter((cell) => known.has(cell)).length + Math.min(cells.length, 999) };
  });
  return fit.reduce((best, one) => (one.score > best.score ? one : best)).separator;
}

function parseRecords({ name, text }: ManifestText, delimiter: string): readonly CsvRecord[] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      info: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      // A quote that is never closed does not take the rest of the file for one field.
      max_record_size: 16 * longestField,
    }) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (error instanceof CsvError) throw explained(error, name, delimiter);
    throw error;
  }
}

function explained(error: CsvError, name: string, delimiter: string): DataError {
  const place = `${name}: line ${String(error['lines'])}`;
  const cause = { cause: error };
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    const message = `${place} has another number of fields than the header; put a text that holds ${JSON.stringify(delimiter)} in quotes`;
    return new DataError('data/ragged-row', message, cause);
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    const message = `${place}: a row is longer than ${16 * longestField} bytes; is a quote not closed, or is this no CSV file?`;
    return new DataError('data/record-too-long', message, cause);
  }
  const problem =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'a quote is opened and never closed; close it, or double it inside of a text'
      : 'a quote stands inside of a field; put the whole field in quotes and double those inside';
  return new DataError('data/quotes', `${place}: ${problem}`, cause);
}
