import { deriveKey, type RandomKey } from '@unroll/core';
import {
  compareWithBest,
  evaluateTagger,
  knownWords,
  networkTagger,
  type Prediction,
  type Sentence,
  type TaggerComparison,
  type TaggingEvaluation,
  type TaggingModel,
} from '@unroll/sequence-tagging';
import { fitBaselines } from './baselines.js';

/** A network beside baselines on the same sentences. */
export interface Evaluation {
  readonly evaluation: TaggingEvaluation;
  readonly baselines: readonly TaggingEvaluation[];
  /** with the best baseline, by column; none where there are no baselines */
  readonly comparisons: readonly TaggerComparison[];
}

export interface EvaluateBesideOptions {
  readonly sentences: readonly Sentence[];
  /** what the baselines learn from; no baselines without */
  readonly learnt: readonly Sentence[] | undefined;
  /** of baselines; those that suit the columns and take less than about a minute unless set */
  readonly names?: readonly string[] | undefined;
  readonly key: RandomKey;
  /** to list */
  readonly errors?: number | undefined;
  readonly onProgress: (message: string) => void;
}

/** Sentences that a page shows. */
const shownSentences = 60;

export async function evaluateBeside(model: TaggingModel, options: EvaluateBesideOptions): Promise<Evaluation> {
  const { sentences, learnt, key, errors } = options;
  const { facts, config } = model;
  const knowsWord = knownWords(facts, config);
  const evaluation = await evaluateTagger(networkTagger({ model }), sentences, { knowsWord, errors });
  const baselines: TaggingEvaluation[] = [];
  if (learnt) {
    const fit = { ...options, sentences: learnt, columns: facts.columns, config, key: deriveKey(key, 'baselines') };
    for (const tagger of await fitBaselines(fit)) {
      baselines.push(await evaluateTagger(tagger, sentences, { knowsWord, errors: 0 }));
      tagger.dispose?.();
    }
  }
  return { evaluation, baselines, comparisons: comparisonsOf(evaluation, baselines, key) };
}

function comparisonsOf(
  tagger: TaggingEvaluation,
  others: readonly TaggingEvaluation[],
  key: RandomKey,
): readonly TaggerComparison[] {
  return tagger.columns.flatMap((_, column) => {
    const found = compareWithBest(tagger, others, { key: deriveKey(key, 'comparison', column), column });
    return found ? [found] : [];
  });
}

/** Of the sentences that a page shows. */
export async function firstPredictions(
  model: TaggingModel,
  sentences: readonly Sentence[],
): Promise<readonly Prediction[]> {
  const predictions: Prediction[] = [];
  const few = sentences.slice(0, shownSentences);
  for await (const prediction of networkTagger({ model }).tag(few, { probabilities: true }))
    predictions.push(prediction);
  return predictions;
}
