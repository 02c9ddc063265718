import { breathe } from '@unroll/core';
import { inferenceBatches } from './batches.js';
import { tagTexts, tagNames } from './heads/tag-texts.js';
import { tidyNumbers } from './heads/tidy-numbers.js';
import { spansOf } from './schemes/spans.js';
import type {
  Batch,
  ColumnPrediction,
  DecodeOptions,
  Prediction,
  Sentence,
  TagColumn,
  Tagger,
  TaggingModel,
  TagOptions,
  TagSequence,
} from './types.js';

/** Sentences that are sorted by length together, and tokens that are enough for such a group. */
const groupSize = { sentences: 1024, tokens: 32768 };

/**
 * A network as a tagger. It owns the model: disposing it disposes the model.
 *
 * The probability of a span is that of all rows of tags together in which it begins and ends where it does and has its type
 * (`createSpanProbability`), by the trained scheme: exact for a CRF by its forward and backward sums, and for a softmax, whose tokens are
 * independent. `alternatives` that become the same row in the scheme of the files are one, with the sum of their probabilities.
 */
export function networkTagger({
  model,
  name = 'network',
}: {
  readonly model: TaggingModel;
  readonly name?: string;
}): Tagger {
  return {
    name,
    columns: model.facts.columns,
    tag: (sentences, options = {}) => tagAll(model, sentences, options),
    dispose: () => model.dispose(),
  };
}

async function* tagAll(
  model: TaggingModel,
  sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
  options: TagOptions,
): AsyncGenerator<Prediction, void> {
  for await (const group of groupsOf(sentences, options)) {
    yield* await tagGroup(model, group, options);
  }
}

/** Runs of sentences that are tagged at once: each as long as the limits are not reached, with `streaming` a sentence. */
export async function* groupsOf(
  sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
  { streaming = false }: Pick<TagOptions, 'streaming'>,
): AsyncGenerator<readonly Sentence[], void> {
  const limits = streaming ? { sentences: 1, tokens: 1 } : groupSize;
  let group: Sentence[] = [];
  let tokens = 0;
  for await (const sentence of sentences) {
    group.push(sentence);
    tokens += sentence.tokens.length;
    if (group.length < limits.sentences && tokens < limits.tokens) continue;
    yield group;
    group = [];
    tokens = 0;
  }
  if (group.length > 0) yield group;
}

async function tagGroup(
  model: TaggingModel,
  sentences: readonly Sentence[],
  options: TagOptions,
): Promise<readonly Prediction[]> {
  const sequences: (readonly TagSequence[])[] = [];
  for (const { batch, order } of inferenceBatches(sentences, model.facts, model.config)) {
    options.signal?.throwIfAborted();
    const byColumn = decodeBatch(model, batch, options);
    order.forEach((sentence, row) => (sequences[sentence] = byColumn.map((rows) => rows[row]!)));
    await breathe();
  }
  return sentences.map((sentence, i) => ({
    sentence,
    columns: model.facts.columns.map((column, c) => predictionOf(sequences[i]?.[c] ?? emptySequence(options), column)),
  }));
}

/** @returns `[column][row of the batch]` */
function decodeBatch(model: TaggingModel, batch: Batch, options: DecodeOptions): readonly (readonly TagSequence[])[] {
  const { probabilities, nBest } = options;
  return tidyNumbers(() => {
    const hidden = model.encode(model.embed(batch), batch);
    return model.heads.map((head) => head.decode(hidden, batch, { probabilities, nBest }));
  });
}

/** Of a sentence without tokens, which is in no batch. */
function emptySequence({ probabilities, nBest = 1 }: DecodeOptions): TagSequence {
  const ids = new Int32Array(0);
  return {
    ids,
    ...(probabilities && { marginals: new Float64Array(0), spanProbability: () => 0 }),
    ...(nBest > 1 && { alternatives: [{ ids, probability: 1 }] }),
  };
}

/** What a head says of a sentence, as the files write it. */
export function predictionOf(sequence: TagSequence, column: TagColumn): ColumnPrediction {
  const { ids, marginals, spanProbability, alternatives } = sequence;
  const text = (row: Int32Array) => tagTexts(row, column);
  const hasSpans = !column.multiLabel && column.trainedScheme !== 'none' && spanProbability;
  return {
    tags: text(ids),
    ...(marginals && { marginals, probabilities: tokenProbabilities(ids, marginals, column) }),
    ...(hasSpans && {
      spans: spansOf(tagNames(ids, column), column.trainedScheme).map((span) => ({
        ...span,
        probability: spanProbability(span),
      })),
    }),
    ...(alternatives && { alternatives: mergeAlike(alternatives.map((each) => ({ ...each, tags: text(each.ids) }))) }),
  };
}

/** Of the tag that a token was given; of several labels that of exactly this set, were they independent. */
function tokenProbabilities(ids: Int32Array, marginals: Float64Array, { multiLabel, tags }: TagColumn): Float64Array {
  const size = tags.size;
  if (!multiLabel) return Float64Array.from(ids, (id, t) => marginals[t * size + id]!);
  return Float64Array.from({ length: ids.length / size }, (_, t) => {
    let product = 1;
    for (let i = t * size; i < (t + 1) * size; i++) product *= ids[i] === 1 ? marginals[i]! : 1 - marginals[i]!;
    return product;
  });
}

/** Rows of equal tags as one, best first. */
function mergeAlike(
  rows: readonly { readonly tags: readonly string[]; readonly probability: number }[],
): NonNullable<ColumnPrediction['alternatives']> {
  const merged = new Map<string, { tags: readonly string[]; probability: number }>();
  for (const { tags, probability } of rows) {
    const key = JSON.stringify(tags);
    const known = merged.get(key);
    if (known) known.probability += probability;
    else merged.set(key, { tags, probability });
  }
  return [...merged.values()].sort((a, b) => b.probability - a.probability);
}
