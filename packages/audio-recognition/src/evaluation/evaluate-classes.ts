import type { Vocabulary } from '@unroll/core';
import { bestClass, classScoresOf, classStatistics } from '../metrics.js';
import { classCounts, confusionOf } from './confusion.js';
import { keywordScores } from './keywords.js';
import { precisionRecall, share } from './precision-recall.js';
import type { ClassEvaluation, ClipError, KeywordSummary, ScoredClip, SpeakerAccuracy } from './result.js';

export interface EvaluateClassesOptions {
  /** how many errors are kept; 50 unless set */
  readonly errors?: number | undefined;
}

/**
 * How well classes or speakers were named.
 *
 * @param clips - with p(class) of `classes`
 * @throws {ShapeError} `shape/classes` for a clip with another number of probabilities
 */
export function evaluateClasses(
  clips: readonly ScoredClip[],
  classes: Vocabulary,
  { errors: limit = 50 }: EvaluateClassesOptions = {},
): ClassEvaluation {
  const names = classes.tokens;
  const targets = clips.map(({ gold }) => (classes.has(gold) ? classes.id(gold) : -1));
  const rows = clips.flatMap(({ probabilities }) => [...probabilities]);
  const scores = classScoresOf(classStatistics(rows, targets, names.length), names.length);
  const predicted = clips.map(({ probabilities }) => bestClass(probabilities));
  const confusion = confusionOf(targets, predicted, names);
  const errors = clips
    .map((clip, i) => errorOf(clip, { target: targets[i]!, predicted: predicted[i]!, names }))
    .filter((error) => error !== undefined)
    .sort((a, b) => b.probability - a.probability);
  const known = clips.flatMap(({ probabilities }, i) => (targets[i] === -1 ? [] : [probabilities[targets[i]!]!]));
  const bySpeaker = accuracyBySpeaker(clips, (i) => targets[i] === predicted[i]);
  return {
    scores,
    seconds: clips.reduce((sum, { seconds }) => sum + seconds, 0),
    classes: classCounts(confusion)
      .map((one, id) => ({ ...one, ...precisionRecall(one), ...asKeyword(clips, { name: one.name, id }) }))
      .filter(({ gold, predicted: said }) => gold + said > 0),
    confusion,
    logLossNats: share(
      known.reduce((sum, p) => sum - Math.log(p), 0),
      known.length,
    ),
    errors: errors.slice(0, limit),
    errorCount: errors.length,
    ...(bySpeaker.length > 0 && { bySpeaker }),
  };
}

function asKeyword(
  clips: readonly ScoredClip[],
  { name, id }: { readonly name: string; readonly id: number },
): { readonly asKeyword?: KeywordSummary } {
  const scores = clips.map(({ probabilities }) => probabilities[id] ?? 0);
  const found = keywordScores(
    scores,
    clips.map(({ gold, seconds }) => ({ isKeyword: gold === name, seconds })),
  );
  if (!found) return {};
  const { points: _, ...summary } = found;
  return { asKeyword: summary };
}

interface Guess {
  readonly target: number;
  readonly predicted: number;
  readonly names: readonly string[];
}

function errorOf(
  { name, gold, probabilities }: ScoredClip,
  { target, predicted, names }: Guess,
): ClipError | undefined {
  if (target === predicted) return undefined;
  return {
    name,
    gold,
    predicted: names[predicted]!,
    probability: probabilities[predicted]!,
    ...(target !== -1 && { goldProbability: probabilities[target]! }),
  };
}

function accuracyBySpeaker(
  clips: readonly ScoredClip[],
  isRight: (index: number) => boolean,
): readonly SpeakerAccuracy[] {
  const sums = new Map<string, { clips: number; correct: number }>();
  clips.forEach(({ speaker }, i) => {
    if (speaker === undefined) return;
    const before = sums.get(speaker) ?? { clips: 0, correct: 0 };
    sums.set(speaker, { clips: before.clips + 1, correct: before.correct + (isRight(i) ? 1 : 0) });
  });
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([speaker, { clips, correct }]) => ({ speaker, clips, accuracy: share(correct, clips) }));
}
