import { DataError } from '@unroll/core';
import { duplicateFindings } from './data-check/duplicate-findings.js';
import { describePlace, type Finding, type Severity } from './data-check/finding.js';
import { schemeFindings, tagRows } from './data-check/scheme-findings.js';
import {
  countTags,
  readCell,
  trainedTagFindings,
  unseenTagFindings,
  variantFindings,
  type ReadCell,
} from './data-check/tag-findings.js';
import { tokenFindings } from './data-check/token-findings.js';
import { ambiguityFindings, unseenWordFindings } from './data-check/word-findings.js';
import type { SequenceTaggingConfig } from './config.js';
import { inspectScheme, type DetectedScheme } from './schemes/detect.js';
import type { SentenceSet } from './tag-columns.js';

/** Files that belong together; one alone is `train`. */
export interface CheckSets {
  readonly train: SentenceSet;
  readonly valid?: SentenceSet | undefined;
  readonly test?: SentenceSet | undefined;
}

export interface CheckOptions {
  /** how the tags are to be read; found in the training file unless set */
  readonly data?: Partial<Pick<SequenceTaggingConfig['data'], 'scheme' | 'labelSeparator'>> | undefined;
}

/** What there is in files of tagged sentences, and what is wrong with it. */
export interface DataCheck {
  readonly splits: readonly SplitCheck[];
  readonly columns: readonly ColumnCheck[];
  /** errors first, then warnings, then notes */
  readonly findings: readonly Finding[];
}

export interface SplitCheck {
  readonly split: 'train' | 'valid' | 'test';
  readonly file: string;
  readonly sentences: number;
  readonly tokens: number;
  /** different words */
  readonly words: number;
  /** undefined without a sentence */
  readonly longest?: { readonly tokens: number; readonly line: number };
}

export interface ColumnCheck {
  readonly column: string;
  readonly multiLabel: boolean;
  /** of the training file; `scheme` is the configured one where that is set */
  readonly scheme: DetectedScheme;
  /** of all files, by falling count in training; `counts` in the order of `splits` */
  readonly tags: readonly { readonly tag: string; readonly counts: readonly number[] }[];
}

const severities: readonly Severity[] = ['error', 'warning', 'note'];

/**
 * Looks files of tagged sentences through before they cost an evening: counts, schemes, illegal and unseen tags, duplicates,
 * unknown words, tags that look like misprints.
 *
 * @throws {DataError} `data/columns` for files with different columns of tags, `data/no-tags` for one without
 */
export function checkSentences(sets: CheckSets, { data = {} }: CheckOptions = {}): DataCheck {
  const { scheme: configured = 'auto', labelSeparator = '' } = data;
  const { train, valid, test } = sets;
  const named = [
    { split: 'train', set: train } as const,
    ...(valid ? [{ split: 'valid', set: valid } as const] : []),
    ...(test ? [{ split: 'test', set: test } as const] : []),
  ];
  const all = named.map(({ set }) => set);
  all.forEach((set) => requireTags(set, train));
  const read = readCell(labelSeparator);
  const columns = train.columns.tags.map((name, column): ColumnCheck => {
    const found = inspectScheme(labelSeparator === '' ? tagRows(train, column) : []);
    const scheme = configured === 'auto' ? found : { ...found, scheme: configured };
    return { column: name, multiLabel: labelSeparator !== '', scheme, tags: tagTable(all, column, read) };
  });
  const findings = [
    ...all.flatMap(tokenFindings),
    ...columns.flatMap((check, column) => columnFindings(all, column, { check, read })),
    ...duplicateFindings(all),
    ...all.slice(1).flatMap((set) => unseenWordFindings(set, train)),
  ];
  return {
    splits: named.map(({ split, set }) => ({ split, ...countSplit(set) })),
    columns,
    findings: findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)),
  };
}

function columnFindings(
  all: readonly SentenceSet[],
  column: number,
  { check, read }: { readonly check: ColumnCheck; readonly read: ReadCell },
): readonly Finding[] {
  const files = all.map((set) => ({ set, column, counts: countTags(set, column, read) }));
  const [train, ...others] = files;
  const { scheme } = check.scheme;
  return [
    ...trainedTagFindings(train!),
    ...variantFindings(check.column, files),
    ...others.flatMap((file) => unseenTagFindings(file, train!, read)),
    ...(check.multiLabel ? [] : all.flatMap((set) => schemeFindings(set, column, { scheme, name: train!.set.name }))),
    ...ambiguityFindings(train!.set, column),
  ];
}

function requireTags({ name, columns, sentences }: SentenceSet, train: SentenceSet): void {
  if (columns.tags.join('\n') !== train.columns.tags.join('\n')) {
    const message = `${name} has the tag columns ${columns.tags.join(', ') || 'none'}, ${train.name} has ${train.columns.tags.join(', ')}; give files with the same`;
    throw new DataError('data/columns', message);
  }
  const untagged = sentences.find(({ tags }) => tags?.length !== columns.tags.length);
  if (!untagged && columns.tags.length > 0) return;
  const where = untagged ? `line ${untagged.line}: the sentence has no tags` : 'there is no column of tags';
  throw new DataError('data/no-tags', `${name}: ${where}; name their column by --tag`);
}

function countSplit({ name, sentences }: SentenceSet): Omit<SplitCheck, 'split'> {
  let tokens = 0;
  let longest: SplitCheck['longest'];
  const words = new Set<string>();
  for (const sentence of sentences) {
    const length = sentence.tokens.length;
    tokens += length;
    if (length > (longest?.tokens ?? -1)) longest = { tokens: length, line: sentence.line };
    for (const token of sentence.tokens) words.add(token);
  }
  return { file: name, sentences: sentences.length, tokens, words: words.size, ...(longest && { longest }) };
}

function tagTable(all: readonly SentenceSet[], column: number, read: ReadCell): ColumnCheck['tags'] {
  const counts = all.map((set) => countTags(set, column, read));
  const tags = [...new Set(counts.flatMap((each) => [...each.keys()]))];
  return tags.map((tag) => ({ tag, counts: counts.map((each) => each.get(tag) ?? 0) }));
}

/** A line for each finding, `warning: train.txt: …`, and one for each of its places. */
export function describeFindings(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ severity, file, message, places }) => [
    `${severity}: ${file}: ${message}`,
    ...places.map((place) => `  ${describePlace(place)}`),
  ]);
}
