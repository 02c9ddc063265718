import { DataError } from '@unroll/core';
import type { DataConfig } from '../config.js';
import { checkColumns, columnNames, type ManifestRow, type ManifestText } from './manifest-rows.js';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A JSON object a line: `{"path": "a.wav", "label": "yes"}`; numbers are read as their digits, null as absent.
 *
 * @throws {DataError} `data/json`, `data/unknown-column`, naming the line
 */
export function jsonRows({ name, text }: ManifestText, columns: DataConfig['columns']): readonly ManifestRow[] {
  const rows: ManifestRow[] = [];
  const names = new Set<string>();
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const place = `${name}: line ${index + 1}`;
    const object = parseObject(line, place);
    for (const key of Object.keys(object)) names.add(key);
    const values = columnNames(columns).map(([column, key]) => [column, textAt(object, key, place)] as const);
    rows.push({ line: index + 1, values: Object.fromEntries(values.filter(([, value]) => value !== '')) });
  }
  if (rows.length > 0) checkColumns({ name, names: [...names], columns });
  return rows;
}

function parseObject(line: string, place: string): JsonObject {
  const expected = 'expected {"path": "a.wav", "label": "yes"} in one line';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new DataError('data/json', `${place} is not JSON; ${expected}`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new DataError('data/json', `${place} is no object; ${expected}`);
}

function textAt(object: JsonObject, key: string, place: string): string {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  const message = `${place}: ${JSON.stringify(key)} is ${JSON.stringify(value).slice(0, 40)}; expected a text or a number`;
  throw new DataError('data/json', message);
}
