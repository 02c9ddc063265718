import { ShapeError } from '@unroll/core';

/** How often each class was taken for each. */
export interface Confusion {
  /** names, in the order of rows and columns */
  readonly classes: readonly string[];
  /** `[truth, predicted]`, recordings */
  readonly counts: readonly number[];
}

/** The class of recordings whose label training does not have; it is never predicted. */
export const unknownClass = '<unknown>';

/**
 * Which class was taken for which.
 *
 * @param gold - `[recording]` ids of `classes`, −1 for a label that training does not have
 * @param predicted - `[recording]` ids
 * @param classes - names; `<unknown>` is added as the last one where a recording needs it
 * @throws {ShapeError} `shape/classes` if the two are not equally long or an id is none of a class
 */
export function confusionOf(
  gold: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: readonly string[],
): Confusion {
  if (gold.length !== predicted.length) {
    const message = `${gold.length} recordings have ${predicted.length} predicted classes; one for each is needed`;
    throw new ShapeError('shape/classes', message);
  }
  const truths = Array.from(gold);
  const names = truths.includes(-1) ? [...classes, unknownClass] : [...classes];
  const counts = Array.from({ length: names.length ** 2 }, () => 0);
  truths.forEach((truth, i) => {
    const row = truth === -1 ? classes.length : checkedClass(truth, classes.length);
    counts[row * names.length + checkedClass(predicted[i]!, classes.length)]! += 1;
  });
  return { classes: names, counts };
}

function checkedClass(id: number, count: number): number {
  if (Number.isInteger(id) && id >= 0 && id < count) return id;
  throw new ShapeError('shape/classes', `${id} is no class; there are ${count}, from 0`);
}

/** Counts of one class: rows, columns and diagonal of a confusion matrix. */
export interface ClassCounts {
  readonly name: string;
  readonly gold: number;
  readonly predicted: number;
  readonly matched: number;
}

export function classCounts({ classes, counts }: Confusion): readonly ClassCounts[] {
  const size = classes.length;
  return classes.map((name, i) => {
    let gold = 0;
    let predicted = 0;
    for (let j = 0; j < size; j++) {
      gold += counts[i * size + j]!;
      predicted += counts[j * size + i]!;
    }
    return { name, gold, predicted, matched: counts[i * size + i]! };
  });
}

/** One cell off the diagonal. */
export interface Mistake {
  readonly gold: string;
  readonly predicted: string;
  readonly count: number;
  /** of all recordings whose class is `gold` */
  readonly share: number;
}

/** What is mistaken for what most often; the most frequent first. */
export function mostConfused(confusion: Confusion, limit: number): readonly Mistake[] {
  const { classes, counts } = confusion;
  const mistakes = classCounts(confusion).flatMap(({ name, gold }, i) =>
    classes.flatMap((predicted, j) => {
      const count = counts[i * classes.length + j]!;
      return i === j || count === 0 ? [] : [{ gold: name, predicted, count, share: count / gold }];
    }),
  );
  return mistakes.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, limit);
}
