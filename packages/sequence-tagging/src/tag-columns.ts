import { DataError, Vocabulary } from '@unroll/core';
import type { DataConfig } from './config.js';
import { convertTags } from './schemes/convert.js';
import { detectScheme } from './schemes/detect.js';
import { labelsOf } from './schemes/labels.js';
import type { Sentence, TagColumn } from './types.js';

/** How a column of tags is read and learnt. */
export type TagReading = Pick<TagColumn, 'name' | 'scheme' | 'trainedScheme' | 'multiLabel' | 'labelSeparator'>;

/** Sentences of one file, and which columns they were read from. */
export interface SentenceSet {
  /** for messages */
  readonly name: string;
  /** names of the columns */
  readonly columns: { readonly tags: readonly string[]; readonly features: readonly string[] };
  readonly sentences: readonly Sentence[];
}

/**
 * How the columns of a training file are to be read: the scheme of each is found, or is the configured one where the column has
 * spans at all.
 *
 * @throws {DataError} `data/no-tags` for a sentence without tags, `data/scheme` if a configured scheme fits no column
 */
export function readingsOf(
  { name, columns, sentences }: SentenceSet,
  { scheme, trainedScheme, labelSeparator }: DataConfig,
): readonly TagReading[] {
  const untagged = sentences.find(({ tags }) => tags?.length !== columns.tags.length);
  if (untagged || columns.tags.length === 0) {
    const where = untagged
      ? `${name}: line ${untagged.line}: the sentence has no tags`
      : `${name} has no column of tags`;
    throw new DataError('data/no-tags', `${where}; training needs them, name their column by --tag`);
  }
  const readings = columns.tags.map((column, index) => {
    // Beside a column of several labels there may be others with one tag a token.
    const multiLabel =
      labelSeparator !== '' && sentences.some(({ tags }) => tags![index]!.some((tag) => tag.includes(labelSeparator)));
    const found = multiLabel ? 'none' : detectScheme(sentences.map(({ tags }) => tags![index]!));
    const fileScheme = found === 'none' || scheme === 'auto' ? found : scheme;
    const learnt = fileScheme === 'none' || trainedScheme === 'file' ? fileScheme : trainedScheme;
    return {
      name: column,
      scheme: fileScheme,
      trainedScheme: learnt,
      multiLabel,
      ...(multiLabel && { labelSeparator }),
    };
  });
  if (scheme === 'auto' || scheme === 'none') {
    return scheme === 'auto' ? readings : readings.map((each) => ({ ...each, scheme, trainedScheme: scheme }));
  }
  if (readings.some((reading) => reading.scheme === scheme)) return readings;
  const message = `${name}: no tag of ${columns.tags.join(', ')} begins with the B-, I- or E- of ${scheme}; name another column by --tag, or leave --scheme out`;
  throw new DataError('data/scheme', message);
}

/**
 * Tags of a column in the scheme that the model learns.
 *
 * @param column - of the sentences' tags
 * @returns `[sentence][token]`, and how many tags had to be changed to be legal
 */
export function trainedTags(
  sentences: readonly Sentence[],
  column: number,
  { scheme, trainedScheme, multiLabel }: TagReading,
): { readonly sequences: readonly (readonly string[])[]; readonly repairs: number } {
  let repairs = 0;
  const sequences = sentences.map(({ tags }) => {
    if (scheme === 'none' || multiLabel) return tags![column]!;
    const converted = convertTags(tags![column]!, scheme, trainedScheme);
    repairs += converted.repairs;
    return converted.tags;
  });
  return { sequences, repairs };
}

/** What is known of a column after its training tags were counted. @throws {DataError} `data/no-tags` for labels that are all empty */
export function collectColumn(reading: TagReading, sequences: readonly (readonly string[])[]): TagColumn {
  const counts = new Map<string, number>();
  const add = (tag: string) => counts.set(tag, (counts.get(tag) ?? 0) + 1);
  for (const sequence of sequences) {
    for (const tag of sequence) {
      if (reading.multiLabel) labelsOf(tag, reading.labelSeparator!).forEach(add);
      else add(tag);
    }
  }
  if (counts.size === 0) {
    throw new DataError(
      'data/no-tags',
      `column ${reading.name} has no tag in the training data; name another by --tag`,
    );
  }
  const tags = Vocabulary.fromCounts(counts);
  return { ...reading, tags, counts: tags.tokens.map((tag) => counts.get(tag)!) };
}
