import { DataError } from '@unroll/core';
import type { DataConfig, FormatName } from '../config.js';
import type { TextPair } from '../types.js';

/** Pairs in one file or two, whose format and columns are known. */
export interface PairFile {
  /** for messages: of one file, or of both */
  readonly name: string;
  readonly format: FormatName;
  /** what source and target are called: files, columns by name or by number from 1, keys */
  readonly sides: { readonly source: string; readonly target: string };
  /**
   * Each pair as it is read, normalised; a side may be empty. A fresh pass every time.
   *
   * Reading throws {DataError} `data/…`, naming file and line.
   */
  pairs(): AsyncIterable<TextPair>;
}

/** A pass over the pairs of a file, in arrays of those that came at once, as they stand in the file. */
export interface RawPairFile extends Omit<PairFile, 'pairs'> {
  chunks(): AsyncIterable<readonly TextPair[]>;
}

/** What of the configuration says where the sides stand. */
export type SidesConfig = Pick<DataConfig, 'source' | 'target' | 'header'>;

/** Longer than any honest line; in UTF-16 code units. */
export const longestLine = 1 << 20;

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

export function emptyFile(name: string): DataError {
  return new DataError('data/empty', `${name} has no pairs; two texts that belong together are needed`);
}
