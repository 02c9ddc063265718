import { linesOf, type ByteSource, type PairedSource } from '@unroll/core';
import type { DataConfig } from './config.js';
import { findFormat } from './formats/find-format.js';
import { emptyFile, longestLine, type PairFile, type RawPairFile } from './formats/format.js';
import { openJsonLines } from './formats/jsonl.js';
import { normalizeText } from './formats/normalize-text.js';
import { openParallel } from './formats/parallel.js';
import { openTsv } from './formats/tsv.js';
import type { TextPair } from './types.js';

export type { PairFile } from './formats/format.js';

/** Where pairs stand: in two files, or in one of two columns or keys. */
export type PairSources =
  | {
      readonly source: ByteSource;
      readonly target: ByteSource;
      /** of a dataset; what has none was named source and target by a person */
      readonly languages?: PairedSource['languages'];
    }
  | { readonly pairs: ByteSource };

/** Two files that go together as they are, one file as columns or keys. */
export function pairSources(source: PairedSource): PairSources {
  const { target, languages } = source;
  return target === undefined ? { pairs: source } : { source, target, ...(languages && { languages }) };
}

/** What of the configuration reading needs. */
export type ReadConfig = Pick<
  DataConfig,
  'format' | 'source' | 'target' | 'header' | 'reverse' | 'normalization' | 'lowercase'
>;

/**
 * Opens files of pairs: finds format and columns as far as the configuration does not say them, and reads pairs when they are
 * asked for. Two files are parallel whatever `data.format` says; `data.reverse` turns them only where they are a dataset's.
 *
 * @throws {DataError} `data/…`, naming file and line and what to do; reading the pairs throws the same
 */
export async function openPairs(sources: PairSources, data: ReadConfig): Promise<PairFile> {
  const file =
    'pairs' in sources ? await openOneFile(sources.pairs, data) : openParallel(sources.source, sources.target);
  const isReversed = data.reverse && ('pairs' in sources || sources.languages !== undefined);
  const { name, format, sides } = file;
  const { source, target } = sides;
  return {
    name,
    format,
    sides: isReversed ? { source: target, target: source } : sides,
    pairs: () => normalisedPairs(file, data, isReversed),
  };
}

async function openOneFile(file: ByteSource, data: ReadConfig): Promise<RawPairFile> {
  // 'parallel' is what a model of two files keeps; one file that it is to be tried on is none of that.
  const format = data.format === 'auto' || data.format === 'parallel' ? await findFormat(file) : data.format;
  return format === 'tsv' ? openTsv(file, data) : openJsonLines(file, data);
}

async function* normalisedPairs(file: RawPairFile, data: ReadConfig, isReversed: boolean): AsyncGenerator<TextPair> {
  for await (const pairs of file.chunks()) {
    for (const { line, source, target } of pairs) {
      const first = normalizeText(source, data);
      const second = normalizeText(target, data);
      yield isReversed ? { line, source: second, target: first } : { line, source: first, target: second };
    }
  }
}

/** All pairs, in memory. @throws {DataError} as `openPairs`, and `data/empty` if there are none */
export async function readPairs(
  sources: PairSources,
  data: ReadConfig,
): Promise<{ readonly name: string; readonly pairs: readonly TextPair[] }> {
  const file = await openPairs(sources, data);
  const pairs: TextPair[] = [];
  for await (const pair of file.pairs()) pairs.push(pair);
  if (pairs.length === 0) throw emptyFile(file.name);
  return { name: file.name, pairs };
}

/** Texts to translate, one a line. */
export interface SourceFile {
  /** for messages */
  readonly name: string;
  /** each line as soon as it has been read, normalised; blank ones too, so that line i of what is written is of line i */
  lines(): AsyncIterable<string>;
}

/** Opens a file of texts alone, which may be a pipe. Reading throws {DataError} `data/…`, naming file and line. */
export function openSources(source: ByteSource, data: Pick<DataConfig, 'normalization' | 'lowercase'>): SourceFile {
  async function* lines(): AsyncGenerator<string> {
    for await (const line of linesOf(source, { longest: longestLine })) yield normalizeText(line, data);
  }
  return { name: source.name, lines };
}

/** What was found, for a person: `train.txt: tsv, source en, target de`; `train.en to train.de, line by line`. */
export function describePairFile({ name, format, sides: { source, target } }: PairFile): string {
  if (format === 'parallel') return `${source} to ${target}, line by line`;
  return `${name}: ${format}, source ${source}, target ${target}`;
}
