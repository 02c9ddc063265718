import { ShapeError } from '../errors.js';

export interface CtcOptions {
  /** `[batch]`, each 0 … time */
  readonly lengths: ArrayLike<number>;
  /** of each sequence what it says, without blanks: ids 0 … symbols − 1; none for one that says nothing */
  readonly labels: readonly ArrayLike<number>[];
  /** id of the symbol that says nothing; 0 unless set */
  readonly blank?: number | undefined;
}

/** With the blank filled in. */
export type CtcCall = Readonly<Required<Omit<CtcOptions, 'blank'>>> & { readonly blank: number };

/**
 * Frames that a sequence of labels needs at least: one a label, and a blank between two that are equal.
 *
 * A recording with fewer has an infinite `ctcLoss` and nothing to learn from; leave it out of training and say so.
 */
export function ctcMinimumFrames(labels: ArrayLike<number>): number {
  let frames = labels.length;
  for (let i = 1; i < labels.length; i++) if (labels[i] === labels[i - 1]) frames++;
  return frames;
}

/** @throws {ShapeError} `shape/range` unless `blank` is the id of a symbol */
export function checkBlank(blank: number, symbols: number): void {
  if (Number.isInteger(blank) && blank >= 0 && blank < symbols) return;
  throw new ShapeError('shape/range', `blank must be from 0 to ${symbols - 1} (the symbols), got ${blank}`);
}

/** @throws {ShapeError} `shape/range` for an id that is no symbol, or the blank */
export function checkLabels(labels: ArrayLike<number>, name: string, limits: { symbols: number; blank: number }): void {
  const { symbols, blank } = limits;
  for (let i = 0; i < labels.length; i++) {
    const id = labels[i]!;
    if (Number.isInteger(id) && id >= 0 && id < symbols && id !== blank) continue;
    const expected = `from 0 to ${symbols - 1} (the symbols) and not ${blank} (the blank)`;
    throw new ShapeError('shape/range', `${name}[${i}] must be ${expected}, got ${id}`);
  }
}

/**
 * @param shape - `[time, batch, symbols]`
 * @throws {ShapeError} `shape/mismatch`, `shape/range` for a length, label or blank that does not fit
 */
export function checkCtc(
  [timeSteps, batchSize, symbols]: readonly [number, number, number],
  { lengths, labels, blank }: CtcCall,
): void {
  checkBlank(blank, symbols);
  checkCtcLengths(lengths, { timeSteps, batchSize });
  if (labels.length !== batchSize) {
    throw new ShapeError(
      'shape/mismatch',
      `labels must be of [batch] = [${batchSize}] sequences, got ${labels.length}`,
    );
  }
  labels.forEach((each, b) => checkLabels(each, `labels[${b}]`, { symbols, blank }));
}

/** @throws {ShapeError} `shape/mismatch`, `shape/range` */
export function checkCtcLengths(
  lengths: ArrayLike<number>,
  { timeSteps, batchSize }: { readonly timeSteps: number; readonly batchSize: number },
): void {
  if (lengths.length !== batchSize) {
    throw new ShapeError('shape/mismatch', `lengths must be [batch] = [${batchSize}], got [${lengths.length}]`);
  }
  for (let b = 0; b < batchSize; b++) {
    const length = lengths[b]!;
    if (Number.isInteger(length) && length >= 0 && length <= timeSteps) continue;
    throw new ShapeError('shape/range', `lengths[${b}] must be from 0 to ${timeSteps} (the time steps), got ${length}`);
  }
}
