import { ConfigError } from '@unroll/core';
import { closest } from 'fastest-levenshtein';
import type { ModelConfig } from '../config.js';
import { tagParts } from '../schemes/tag-parts.js';
import type { TagColumn } from '../types.js';

/**
 * How much the loss of a token counts by its tag; `undefined` = all alike.
 *
 *   balanced: w_k = N / (K · n_k)   for K tags of which n_k of N are in training: the mean over training is 1
 *
 * By name: of a tag as it is trained, or of a type of span, which then means all of its tags; 1 where nothing is said.
 * A softmax multiplies the loss of a token by the weight of its tag, a head of several labels that of each label that is there.
 *
 * @returns `[tag]`
 * @throws {ConfigError} `config/class-weights` for a name that no column has, and for a CRF, whose loss is that of a sentence
 */
export function tagWeights(
  { classWeights, head }: ModelConfig,
  column: TagColumn,
  columns: readonly TagColumn[],
): Float32Array | undefined {
  if (classWeights === 'none') return undefined;
  if (head === 'crf' && !column.multiLabel) {
    const message =
      'model.classWeights weighs tokens, but the loss of a CRF is that of a whole sentence; set model.head to softmax, or classWeights to none';
    throw new ConfigError('config/class-weights', message);
  }
  if (classWeights === 'balanced') return balanced(column.counts);
  checkNames(classWeights, columns);
  return Float32Array.from(column.tags.tokens, (tag) => {
    const { type } = tagParts(tag, column.trainedScheme);
    return classWeights[tag] ?? (column.trainedScheme === 'none' ? undefined : classWeights[type]) ?? 1;
  });
}

function balanced(counts: readonly number[]): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const seen = counts.filter((count) => count > 0).length;
  return Float32Array.from(counts, (count) => (count > 0 ? total / (seen * count) : 0));
}

function checkNames(weights: Readonly<Record<string, number>>, columns: readonly TagColumn[]): void {
  const known = new Set(
    columns.flatMap(({ tags, trainedScheme }) =>
      tags.tokens.flatMap((tag) => (trainedScheme === 'none' ? [tag] : [tag, tagParts(tag, trainedScheme).type])),
    ),
  );
  known.delete('');
  const unknown = Object.keys(weights).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const message = `model.classWeights: there is no tag ${JSON.stringify(unknown)}; did you mean ${closest(unknown, [...known])}?`;
  throw new ConfigError('config/class-weights', message);
}
