import { ShapeError, type Statistics } from '@unroll/core';
import type { ClassCounts } from './evaluation/confusion.js';
import { macroF1, share } from './evaluation/precision-recall.js';
import type { ClassScores } from './types.js';

/** Of more than so many classes the share whose label is among the best is a score, too. */
const best = 5;

/** The most likely class; the first of equals. @param scores - `[class]` */
export function bestClass(scores: ArrayLike<number>): number {
  let found = 0;
  for (let id = 1; id < scores.length; id++) if (scores[id]! > scores[found]!) found = id;
  return found;
}

/** From 0: how many classes have a higher score than `target`; of equals, those before it have. @param scores - `[class]` */
export function rankOf(scores: ArrayLike<number>, target: number): number {
  let rank = 0;
  for (let id = 0; id < scores.length; id++) {
    if (scores[id]! > scores[target]! || (scores[id] === scores[target] && id < target)) rank += 1;
  }
  return rank;
}

/**
 * The sums that `ClassScores` are made of, so that they add up over batches: `clips`, `correct`, `top5`, and of each class that
 * occurs `gold:ID`, `predicted:ID` and `matched:ID`.
 *
 * @param scores - `[batch, classes]`, logits or probabilities
 * @param targets - `[batch]`, −1 for a label that training does not have, which nothing can get right
 * @throws {ShapeError} `shape/classes` if `scores` does not have the same number of classes for each target
 */
export function classStatistics(scores: ArrayLike<number>, targets: ArrayLike<number>, classes: number): Statistics {
  if (scores.length !== targets.length * classes) {
    const message = `${targets.length} recordings of ${classes} classes need ${targets.length * classes} scores, got ${scores.length}`;
    throw new ShapeError('shape/classes', message);
  }
  const sums: Record<string, number> = { clips: targets.length, correct: 0, top5: 0 };
  const count = (name: string) => (sums[name] = (sums[name] ?? 0) + 1);
  const all = Array.from(scores);
  Array.from(targets).forEach((target, i) => {
    const row = all.slice(i * classes, (i + 1) * classes);
    const predicted = bestClass(row);
    count(`gold:${target}`);
    count(`predicted:${predicted}`);
    if (target < 0) return;
    if (rankOf(row, target) < best) count('top5');
    if (predicted !== target) return;
    count('correct');
    count(`matched:${target}`);
  });
  return sums;
}

/**
 *   accuracy = correct / clips     top 5 = label among the 5 most likely / clips     macro F1 = mean of the classes' F1
 *
 * Labels that training does not have count as one more class with F1 = 0.
 *
 * @param statistics - sums of what `classStatistics` returned; other names do not matter
 */
export function classScoresOf(statistics: Statistics, classes: number): ClassScores {
  const { clips = 0, correct = 0, top5 = 0 } = statistics;
  const counts = Array.from({ length: classes + 1 }, (_, i): Omit<ClassCounts, 'name'> => {
    const [gold, predicted, matched] = ['gold', 'predicted', 'matched'].map((name) => statistics[`${name}:${i - 1}`]);
    return { gold: gold ?? 0, predicted: predicted ?? 0, matched: matched ?? 0 };
  });
  return {
    clips,
    accuracy: share(correct, clips),
    ...(classes > best && { top5: share(top5, clips) }),
    macroF1: macroF1(counts),
  };
}
