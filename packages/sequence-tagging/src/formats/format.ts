import { DataError } from '@unroll/core';
import type { DataConfig, FormatName } from '../config.js';
import type { RawSentence } from '../types.js';
import type { LineFile } from './lines.js';

/** A file whose format and columns are known. */
export interface SentenceFile {
  /** for messages */
  readonly name: string;
  readonly format: FormatName;
  /** by name, or by number from 1 where the file has no names */
  readonly columns: {
    readonly token: string;
    readonly tags: readonly string[];
    readonly features: readonly string[];
  };
  readonly hasTags: boolean;
  /**
   * Each sentence as soon as it has been read, none of them without tokens. A fresh pass every time, where the source can be
   * read again.
   *
   * Reading throws {DataError} `data/…`, naming file and line.
   */
  sentences(): AsyncIterable<RawSentence>;
  /** What stands before the first sentence where columns are added: the header of TSV with further cells, otherwise nothing. */
  header(names: readonly string[]): string;
  /** What stands behind the last sentence, known once all have been read: empty lines, comments. */
  ending(): string;
}

export interface OpenOptions {
  /** the file is to be tagged, and may lack the columns of tags */
  readonly tagsOptional?: boolean | undefined;
  /**
   * Columns of tags of the model that is to tag the file. Plain text is cut into lower-cased words only for one that restores
   * casing or punctuation, as it is where this is absent; for any other it is tokenised as it stands.
   */
  readonly modelColumns?: readonly string[] | undefined;
  /** `TaggingFacts.mixedSpellings` of the model that is to restore a text */
  readonly mixedSpellings?: Readonly<Record<string, string>> | undefined;
}

export type OpenFormat = (lines: LineFile, data: DataConfig, options: OpenOptions) => Promise<SentenceFile>;

/** Names for further columns where none are given. */
export function defaultNames(columns: readonly unknown[]): readonly string[] {
  return columns.map((_, index) => (index === 0 ? 'tag' : `tag${index + 1}`));
}

export function emptyFile(name: string): DataError {
  return new DataError('data/empty', `${name} has no tokens; a sentence is needed`);
}
