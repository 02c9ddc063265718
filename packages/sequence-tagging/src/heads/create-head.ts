import type { RandomKey } from '@unroll/core';
import type { ModelConfig } from '../config.js';
import type { TagColumn, TagHead } from '../types.js';
import { tagWeights } from './class-weights.js';
import { createCrfHead } from './crf.js';
import { createMultiLabelHead } from './multi-label.js';
import { createSoftmaxHead } from './softmax.js';

export interface HeadOptions {
  readonly column: TagColumn;
  /** width of the hidden vectors */
  readonly inputSize: number;
  readonly key: RandomKey;
}

/**
 * The head of a column: of several labels a token always one of its own kind, else as the configuration says.
 *
 * @param columns - all of the model, for the names in `classWeights`
 * @throws {ConfigError} `config/class-weights`
 */
export function createHead({
  model,
  columns,
  ...options
}: HeadOptions & { readonly model: ModelConfig; readonly columns: readonly TagColumn[] }): TagHead {
  const { column } = options;
  const weights = tagWeights(model, column, columns);
  if (column.multiLabel) return createMultiLabelHead({ ...options, weights });
  if (model.head === 'crf') return createCrfHead({ ...options, constrained: model.constrained });
  return createSoftmaxHead({ ...options, weights });
}
