import {
  createBuckets,
  deriveKey,
  disposeParameters,
  parseConfig,
  train,
  trainingConfigSchema,
  type BatchSource,
  type TrainingConfig,
} from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import { predictionOf } from '../../decode.js';
import { encodeColumn } from '../../examples.js';
import { createChainHead } from '../../heads/crf.js';
import { tidyNumbers } from '../../heads/tidy-numbers.js';
import type { ColumnPrediction, Sentence, TagHead, TagOptions } from '../../types.js';
import type { ColumnTagger } from '../column-tagger.js';
import type { BaselineOptions } from '../create-baseline.js';
import { sampleEvenly } from '../sample-evenly.js';
import { batchOf, createFeatureTask, FeatureWeights, type FeatureBatch, type FeatureExample } from './chain-task.js';
import { collectFeatures, type FeatureSpace } from './features.js';

/** combinations of values that training has less often are not features of their own */
const minimumCount = 2;
/** of one update, or of sentences that are tagged at once */
const batchLimits = { items: 64, tokens: 4096 };
/** of larger files, an even sample is learnt from */
const mostTokens = 1_000_000;
/** tokens that training looks at in all, over its epochs */
const tokenBudget = 2_500_000;
const epochLimits = { fewest: 3, most: 12 };

/**
 * A linear-chain conditional random field on hand-made features: what taggers were before they had word vectors.
 *
 *   score(tags) = start[tag₁] + Σₜ Σ_f weight[f, tagₜ] + Σₜ transitions[tagₜ, tagₜ₊₁] + end[tag_T]   over the features f of token t
 *
 * Features: `templatesFor`; trained like every network here, by Adam with a falling rate. Small files are passed over 12 times, those of
 * more than 200,000 tokens less often, at least 3 times; of more than a million tokens, an even sample of so many is learnt from.
 *
 * @param column - which of the sentences' columns of tags
 *
 * @see Lafferty, McCallum & Pereira 2001; Sha & Pereira 2003
 */
export async function featureCrfTagger(column: number, options: BaselineOptions): Promise<ColumnTagger> {
  const { columns, config, key, signal } = options;
  const sentences = sampleEvenly(options.sentences, mostTokens);
  const tagColumn = columns[column]!;
  const featureColumns = sentences[0]!.features.length;
  const { space, encoded } = collectFeatures(sentences, { featureColumns, minimumCount });
  const templates = space.templates.length;
  const { targets } = encodeColumn(sentences, column, tagColumn);
  const examples = encoded.map((features, i): FeatureExample => {
    return { length: sentences[i]!.tokens.length, features, targets: targets[i]! };
  });
  const own = deriveKey(key, 'feature-crf', column);
  const weights = new FeatureWeights({ size: space.size, templates, tags: tagColumn.tags.size, key: own });
  const { constrained } = config.model;
  const emissions = { parameters: {}, apply: (scores: tf.Tensor) => scores };
  const head = createChainHead({ column: tagColumn, key: own, constrained, emissions });
  const task = createFeatureTask(weights, head, batchSource(examples, templates));
  const run = { config: trainingConfig(examples), key: own, clock: () => 0, ...(signal && { signal }) };
  const dispose = () => disposeParameters(task.parameters);
  try {
    for await (const _ of train(task, run)) signal?.throwIfAborted();
  } catch (error) {
    dispose();
    throw error;
  }
  return { tag: (group, tagOptions) => tagGroup(group, { weights, head, space }, tagOptions), dispose };
}

function trainingConfig(examples: readonly FeatureExample[]): TrainingConfig {
  const tokens = examples.reduce((sum, { length }) => sum + length, 0);
  const epochs = Math.min(epochLimits.most, Math.max(epochLimits.fewest, Math.round(tokenBudget / tokens)));
  return parseConfig(trainingConfigSchema, {
    epochs,
    optimizer: { name: 'adam', learningRate: 0.02 },
    schedule: { name: 'cosine' },
    regularization: [{ match: '*', l2: 1e-5 }],
  });
}

function batchSource(examples: readonly FeatureExample[], templates: number): BatchSource<FeatureBatch> {
  const lengths = Int32Array.from(examples, ({ length }) => length);
  const buckets = createBuckets(lengths, batchLimits);
  return {
    batchesPerEpoch: buckets.batchCount,
    *batches(_, key, from) {
      for (const items of buckets.batches(key).slice(from)) {
        yield batchOf(
          Array.from(items, (item) => examples[item]!),
          templates,
        );
      }
    },
  };
}

/** What tags once training is done. */
interface FittedChain {
  readonly weights: FeatureWeights;
  readonly head: TagHead;
  readonly space: FeatureSpace;
}

function tagGroup(
  sentences: readonly Sentence[],
  { weights, head, space }: FittedChain,
  options: TagOptions,
): readonly ColumnPrediction[] {
  const predictions: ColumnPrediction[] = [];
  const lengths = Int32Array.from(sentences, ({ tokens }) => tokens.length);
  for (const items of createBuckets(lengths, batchLimits).batches()) {
    const examples = Array.from(items, (item) => ({
      length: lengths[item]!,
      features: space.encode(sentences[item]!),
    }));
    const batch = batchOf(examples, space.templates.length);
    const sequences = tidyNumbers(() => head.decode(weights.apply(batch), batch, options));
    sequences.forEach((sequence, row) => (predictions[items[row]!] = predictionOf(sequence, head.column)));
  }
  return predictions;
}
