import type { ByteSource } from '@unroll/core';
import type { DataConfig, FormatName } from './config.js';
import { openConll } from './formats/conll.js';
import { openConllu } from './formats/conllu.js';
import { findFormat } from './formats/find-format.js';
import { emptyFile, type OpenFormat, type OpenOptions, type SentenceFile } from './formats/format.js';
import { openJsonLines } from './formats/jsonl.js';
import { openLines } from './formats/lines.js';
import { openText } from './formats/text.js';
import { openTsv } from './formats/tsv.js';
import type { Sentence } from './types.js';

export type { OpenOptions, SentenceFile } from './formats/format.js';

const formats: Readonly<Record<FormatName, OpenFormat>> = {
  conll: openConll,
  conllu: openConllu,
  tsv: openTsv,
  jsonl: openJsonLines,
  text: openText,
};

/**
 * Opens a file of sentences: finds its format and its columns, as far as the configuration does not say them, and reads
 * sentences when they are asked for.
 *
 * @throws {DataError} `data/…`, naming file and line and what to do; reading the sentences throws the same
 */
export async function openSentences(
  source: ByteSource,
  data: DataConfig,
  options: OpenOptions = {},
): Promise<SentenceFile> {
  const lines = openLines(source);
  const format = data.format === 'auto' ? await findFormat(lines) : data.format;
  return formats[format](lines, data, options);
}

/** All sentences of a file, in memory. @throws {DataError} as `openSentences` */
export async function readSentences(
  source: ByteSource,
  data: DataConfig,
  options: OpenOptions = {},
): Promise<readonly Sentence[]> {
  return sentencesOf(await openSentences(source, data, options));
}

/** All sentences of an opened file, in memory, without what writes them back. @throws {DataError} `data/empty` if there are none */
export async function sentencesOf(file: SentenceFile): Promise<readonly Sentence[]> {
  const all: Sentence[] = [];
  for await (const { write: _, ...sentence } of file.sentences()) all.push(sentence);
  if (all.length === 0) throw emptyFile(file.name);
  return all;
}

/** What was found in a file, for a person: `train.txt: conll, token 1, tags 3, features 2`. */
export function describeSentenceFile({ name, format, columns, hasTags }: SentenceFile): string {
  const { token, tags, features } = columns;
  const parts = [
    format,
    `token ${token}`,
    hasTags ? `tags ${tags.join(', ')}` : 'no tags',
    ...(features.length > 0 ? [`features ${features.join(', ')}`] : []),
  ];
  return `${name}: ${parts.join('; ')}`;
}

/** The configuration with what was found in a file in the place of what was left open, as a model keeps it. */
export function resolveDataConfig(data: DataConfig, { format, columns }: SentenceFile): DataConfig {
  return { ...data, format, token: columns.token, tags: [...columns.tags], features: [...columns.features] };
}
