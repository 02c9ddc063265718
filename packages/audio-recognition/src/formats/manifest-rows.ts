import { DataError } from '@unroll/core';
import type { DataConfig } from '../config.js';

export type ManifestColumns = DataConfig['columns'];

/** A row of a manifest, in texts; what it does not have or leaves empty is absent. */
export interface ManifestRow {
  /** from 1 */
  readonly line: number;
  readonly values: Readonly<Partial<Record<keyof ManifestColumns, string>>>;
}

/** A manifest that has been read. */
export interface ManifestText {
  /** for messages */
  readonly name: string;
  readonly text: string;
}

/** Longer than any honest path or transcript, in UTF-16 code units. */
export const longestField = 1 << 16;

/** What is read and what a manifest calls it. */
export function columnNames(columns: ManifestColumns): readonly (readonly [keyof ManifestColumns, string])[] {
  return Object.entries(columns) as [keyof ManifestColumns, string][];
}

interface Named {
  readonly name: string;
  /** that the manifest has */
  readonly names: readonly string[];
  readonly columns: ManifestColumns;
}

/** The path must be there, and so must every column that was given a name of its own. */
export function checkColumns({ name, names, columns }: Named): void {
  const missing = columnNames(columns).find(
    ([column, called]) => !names.includes(called) && (column === 'path' || called !== column),
  );
  if (!missing) return;
  const [column, called] = missing;
  const message = `${name} has no column ${JSON.stringify(called)}; it has ${names.slice(0, 20).join(', ')}: name the one that is meant by data.columns.${column}`;
  throw new DataError('data/unknown-column', message);
}
