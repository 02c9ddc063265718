import { DataError, wholeText, type ByteSource, type FileTree } from '@unroll/core';
import type { DataConfig, ManifestFormat } from '../config.js';
import type { Recording } from '../types.js';
import { csvRows } from './csv.js';
import { listed, type RecordingList } from './format.js';
import { jsonRows } from './jsonl.js';
import { longestField, type ManifestRow, type ManifestText } from './manifest-rows.js';

const mostMissing = 20;

/** In bytes: one text in memory. */
const largestManifest = 1 << 28;
const readers = { csv: csvRows, jsonl: jsonRows } as const;

/**
 * The recordings of a manifest; its paths begin at the root of `files`. Files that are not there are all named at once, up to 20.
 *
 * @throws {DataError} naming the line: `data/path`, `data/segment`, `data/field-too-long`, `data/missing-recordings`, `data/empty`,
 *   `data/too-large`, and what `csvRows` and `jsonRows` throw
 */
export async function openManifest(
  manifest: ByteSource,
  files: FileTree,
  data: Pick<DataConfig, 'format' | 'columns'>,
): Promise<RecordingList> {
  const { name } = manifest;
  if (manifest.size !== undefined && manifest.size > largestManifest) {
    throw new DataError(
      'data/too-large',
      `${name} is larger than ${largestManifest >> 20} MiB; cut the manifest into parts`,
    );
  }
  const text = { name, text: await wholeText(manifest) };
  const format = data.format === 'auto' ? formatOf(text) : data.format;
  return recordingsOf(manifest, files, readers[format](text, data.columns));
}

/** By the end of its name, otherwise by its first letter. */
function formatOf({ name, text }: ManifestText): ManifestFormat {
  if (/\.(jsonl|ndjson|json)$/i.test(name)) return 'jsonl';
  if (/\.(csv|tsv)$/i.test(name)) return 'csv';
  return /^\s*\{/.test(text) ? 'jsonl' : 'csv';
}

function recordingsOf(manifest: ByteSource, files: FileTree, rows: readonly ManifestRow[]): RecordingList {
  const recordings: Recording[] = [];
  const missing: string[] = [];
  const found = new Map<string, ByteSource | undefined>();
  for (const row of rows) {
    const place = `${manifest.name}: line ${row.line}`;
    const path = pathOf(row, place);
    if (!found.has(path)) found.set(path, files.file(path));
    const file = found.get(path);
    if (file) recordings.push(recordingOf(row, { place, path, file }));
    else missing.push(`line ${row.line} ${path}`);
  }
  if (missing.length > 0) {
    const found = missing.length === 1 ? '1 row names a file that is' : `${missing.length} rows name files that are`;
    const message = `${manifest.name}: ${found} not in ${files.name}: ${listed(missing, mostMissing)}; correct the paths, which begin there, or take the rows out`;
    throw new DataError('data/missing-recordings', message);
  }
  if (recordings.length === 0) {
    throw new DataError('data/empty', `${manifest.name} has no rows; each names a recording by its path`);
  }
  return { name: manifest.name, recordings, notes: [] };
}

function pathOf({ values }: ManifestRow, place: string): string {
  const path = values.path?.replaceAll('\\', '/');
  if (path === undefined) throw new DataError('data/path', `${place} has no path; each row names its recording`);
  if (/^(\/|[a-z]:)/i.test(path) || path.includes('\0')) {
    throw new DataError(
      'data/path',
      `${place}: ${JSON.stringify(values.path)} is an absolute path; one from the folder of the recordings is needed`,
    );
  }
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  if (parts.includes('..')) {
    throw new DataError(
      'data/path',
      `${place}: ${JSON.stringify(values.path)} leads out of the folder of the recordings by ".."`,
    );
  }
  return parts.join('/');
}

interface Found {
  readonly place: string;
  readonly path: string;
  readonly file: ByteSource;
}

function recordingOf({ line, values }: ManifestRow, { place, path, file }: Found): Recording {
  for (const [column, value] of Object.entries(values)) {
    if (value.length <= longestField) continue;
    const message = `${place}: its ${column} has ${value.length} characters; ${longestField} can be`;
    throw new DataError('data/field-too-long', message);
  }
  const { start: from, end: to, path: _, ...said } = values;
  const start = secondsOf(from, 'start', place);
  const end = secondsOf(to, 'end', place);
  if (end !== undefined && end <= (start ?? 0)) {
    throw new DataError('data/segment', `${place}: its end, ${end} s, is not after its start, ${start ?? 0} s`);
  }
  const name = start === undefined ? path : `${path}@${start}`;
  return { name, line, file, ...(start !== undefined && { start }), ...(end !== undefined && { end }), ...said };
}

function secondsOf(text: string | undefined, column: string, place: string): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d*)?(e[+-]?\d+)?$|^\.\d+$/i.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw new DataError(
    'data/segment',
    `${place}: its ${column} is ${JSON.stringify(text)}; seconds from the beginning of the file are needed`,
  );
}
