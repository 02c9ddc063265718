import { ConfigError, DataError, type RandomKey } from '@unroll/core';
import type { SequenceTaggingConfig } from '../config.js';
import { cellOfLabels, labelsOf } from '../schemes/labels.js';
import type { Sentence, TagColumn, Tagger } from '../types.js';
import { brillTagger } from './brill.js';
import { taggerOfColumns, type ColumnTagger, type LabelledSentence } from './column-tagger.js';
import { featureCrfTagger } from './feature-crf/feature-crf.js';
import { mostFrequentTagger } from './most-frequent.js';

/** Taggers without a network, quickest first: they say whether one is worth it. */
export const baselineNames = ['most-frequent', 'brill', 'feature-crf'] as const;
export type BaselineName = (typeof baselineNames)[number];

export interface BaselineOptions {
  /** what may be learnt from: the training split, with tags */
  readonly sentences: readonly Sentence[];
  /** what is tagged, in the order of `Sentence.tags` */
  readonly columns: readonly TagColumn[];
  readonly config: SequenceTaggingConfig;
  readonly key: RandomKey;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a baseline can tag a column: Brill's tagger has no spans, and only most-frequent has several labels a token. */
export function fitsColumn(name: BaselineName, { scheme, multiLabel }: TagColumn): boolean {
  if (name === 'most-frequent') return true;
  return !multiLabel && (name === 'feature-crf' || scheme === 'none');
}

/** The baselines that can tag all of the columns. */
export function baselinesFor(columns: readonly TagColumn[]): readonly BaselineName[] {
  return baselineNames.filter((name) => columns.every((column) => fitsColumn(name, column)));
}

/**
 * A baseline, fitted anew: most-frequent in milliseconds, brill in seconds, feature-crf in less than a minute for 200,000 tokens.
 *
 * @throws {ConfigError} `config/baseline` for another name, or a column that it cannot tag
 * @throws {DataError} `data/empty` without a token to learn from
 */
export async function createBaseline(name: string, options: BaselineOptions): Promise<Tagger & { dispose(): void }> {
  const { sentences, columns } = options;
  if (!isBaselineName(name)) {
    throw new ConfigError('config/baseline', `no baseline "${name}"; there are ${baselineNames.join(', ')}`);
  }
  const unfit = columns.find((column) => !fitsColumn(name, column));
  if (unfit) {
    const what = unfit.multiLabel ? 'several labels a token' : 'spans';
    throw new ConfigError('config/baseline', `${name} cannot tag column ${unfit.name}, which has ${what}`);
  }
  const withTokens = sentences.filter(({ tokens }) => tokens.length > 0);
  if (withTokens.length === 0) throw new DataError('data/empty', `${name}: there is no token to learn from`);
  const taggers: ColumnTagger[] = [];
  try {
    for (const index of columns.keys()) taggers.push(await fit(name, index, { ...options, sentences: withTokens }));
  } catch (error) {
    taggers.forEach((tagger) => tagger.dispose?.());
    throw error;
  }
  return taggerOfColumns(name, columns, taggers);
}

function isBaselineName(name: string): name is BaselineName {
  return (baselineNames as readonly string[]).includes(name);
}

function fit(name: BaselineName, column: number, options: BaselineOptions): ColumnTagger | Promise<ColumnTagger> {
  const sentences = options.sentences.map((sentence) => labelled(sentence, column, options.columns[column]!));
  switch (name) {
    case 'most-frequent':
      return mostFrequentTagger(sentences);
    case 'brill':
      return brillTagger(sentences, options.signal);
    case 'feature-crf':
      return featureCrfTagger(column, options);
  }
}

/** One column of a sentence; several labels of a token in the order of the column's, so that the same labels are the same tag. */
function labelled(
  { tokens, tags }: Sentence,
  column: number,
  { multiLabel, tags: labels, labelSeparator = '|' }: TagColumn,
): LabelledSentence {
  const cells = tags![column]!;
  if (!multiLabel) return { tokens, tags: cells };
  const inOrder = (cell: string) => {
    const there = new Set(labelsOf(cell, labelSeparator));
    return cellOfLabels(
      labels.tokens.filter((label) => there.has(label)),
      labelSeparator,
    );
  };
  return { tokens, tags: cells.map(inOrder) };
}
