import { BeamEditDistance, numberWords, type Edit } from './edit-distance.js';
import type { TranslationMetric } from './translation-metric.js';
import { signatureOf } from './signature.js';
import { terWords, type TerTextOptions } from './ter-text.js';

export type TerOptions = TerTextOptions;

/** words of a stretch at most, and places that it is moved by */
const longestStretch = 10;
const farthestMove = 50;
/** moves of a sentence that are tried */
const triedMoves = 1000;

/**
 * Translation edit rate: edits that make the hypothesis the reference, where moving a stretch of words is one edit.
 *
 *   TER = 100 · Σ (insertions + removals + replacements + moves) / Σ words of the reference
 *
 * of several references the fewest edits and the mean of words. The best move is taken as long as it saves edits; which moves
 * are looked at follows tercom as sacreBLEU does, limits and order of preference alike, so that the numbers are equal.
 *
 * @see Snover et al. 2006
 */
export function createTer(options: TerOptions = {}): TranslationMetric {
  const { caseSensitive = false, normalized = false, removePunctuation = false, asianSupport = false } = options;
  return {
    name: 'TER',
    better: 'lower',
    sums: ['edits', 'referenceWords'],
    statistics(hypothesis, references) {
      const words = terWords(hypothesis, options);
      // sacreBLEU tokenises a reference twice, which now and then parts one more word
      const rights = references.map((reference) => terWords(terWords(reference, options).join(' '), options));
      const lengths = rights.reduce((sum, right) => sum + right.length, 0);
      const edits = Math.min(...rights.map((right) => countEdits(words, right)));
      return Float64Array.from([edits, lengths / rights.length]);
    },
    score: ({ 0: edits = 0, 1: words = 0 }) => ({ score: words > 0 ? 100 * (edits / words) : edits > 0 ? 100 : 0 }),
    signature: (references) =>
      signatureOf(references, {
        case: caseSensitive ? 'mixed' : 'lc',
        tok: 'tercom',
        norm: normalized,
        punct: !removePunctuation,
        asian: asianSupport,
      }),
  };
}

/** Edits from one list of words to the other, moves among them. */
export function countEdits(hypothesis: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return hypothesis.length;
  if (hypothesis.length === 0) return reference.length;
  const [from, to] = numberWords(hypothesis, reference) as [Int32Array, Int32Array];
  const distances = new BeamEditDistance(to, from.length);
  let words = from;
  let moves = 0;
  let tried = 0;
  for (;;) {
    const distance = distances.set(words);
    if (distance === 0) return moves;
    const best = bestMove(words, to, { distances, distance, tried });
    tried = best.tried;
    if (tried >= triedMoves || best.saved <= 0) return moves + distance;
    moves++;
    words = best.words;
  }
}

interface MoveSearch {
  readonly distances: BeamEditDistance;
  /** of the words as they stand */
  readonly distance: number;
  /** moves that were tried before */
  readonly tried: number;
}

interface Move {
  /** edits, without the move itself */
  readonly saved: number;
  readonly length: number;
  readonly start: number;
  readonly target: number;
  readonly words: Int32Array;
}

/**
 * The move that saves most edits; of equals the longest, then the first, then the one to the earliest place. Only stretches with an error that
 * also stand in the reference, where it has an error, are moved.
 */
function bestMove(
  words: Int32Array,
  reference: Int32Array,
  { distances, distance, tried: triedBefore }: MoveSearch,
): { readonly saved: number; readonly words: Int32Array; readonly tried: number } {
  const { places, referenceErrors, hypothesisErrors } = alignmentOf(distances.edits(words));
  let best: Move | undefined;
  let tried = triedBefore;
  for (const { start, startInReference, length } of commonStretches(words, reference)) {
    if (!hasError(hypothesisErrors, start, length) || !hasError(referenceErrors, startInReference, length)) continue;
    const place = places[startInReference]!;
    if (place >= start && place < start + length) continue;
    let previous = -1;
    for (let offset = -1; offset < length; offset++) {
      const at = startInReference + offset;
      const target = at === -1 ? 0 : places[at]! + 1;
      if (target === previous) continue;
      previous = target;
      const moved = moveWords(words, { start, length, target });
      const saved = distance - distances.distance(moved, Math.min(start, target));
      tried++;
      const move = { saved, length, start, target, words: moved };
      if (!best || isBetter(move, best)) best = move;
    }
    if (tried >= triedMoves) break;
  }
  return best ? { ...best, tried } : { saved: 0, words, tried };
}

function isBetter(a: Move, b: Move): boolean {
  return (a.saved - b.saved || a.length - b.length || b.start - a.start || b.target - a.target) > 0;
}

interface Alignment {
  /** `[word of the reference]`: the word of the hypothesis that stands there, or the last one before; −1 before all */
  readonly places: Int32Array;
  /** running counts, one longer than the words, so that those of a stretch are a difference */
  readonly referenceErrors: readonly number[];
  readonly hypothesisErrors: readonly number[];
}

function alignmentOf(edits: readonly Edit[]): Alignment {
  const places: number[] = [];
  const referenceErrors = [0];
  const hypothesisErrors = [0];
  let place = -1;
  for (const edit of edits) {
    const error = edit === 'same' ? 0 : 1;
    if (edit !== 'insert') {
      place++;
      hypothesisErrors.push(hypothesisErrors.at(-1)! + error);
    }
    if (edit !== 'remove') {
      places.push(place);
      referenceErrors.push(referenceErrors.at(-1)! + error);
    }
  }
  return { places: Int32Array.from(places), referenceErrors, hypothesisErrors };
}

function hasError(errors: readonly number[], start: number, length: number): boolean {
  return errors[start + length]! > errors[start]!;
}

/** Stretches of words that stand in both, each length by itself, not too far apart. */
function* commonStretches(words: Int32Array, reference: Int32Array) {
  for (let start = 0; start < words.length; start++) {
    const from = Math.max(0, start - farthestMove);
    const to = Math.min(reference.length - 1, start + farthestMove);
    for (let startInReference = from; startInReference <= to; startInReference++) {
      const longest = Math.min(longestStretch, words.length - start, reference.length - startInReference);
      for (let length = 1; length <= longest; length++) {
        if (words[start + length - 1] !== reference[startInReference + length - 1]) break;
        yield { start, startInReference, length };
      }
    }
  }
}

/** The words with `length` of them from `start` taken out and put in at `target`, which counts places before the move. */
function moveWords(
  words: Int32Array,
  { start, length, target }: { readonly start: number; readonly length: number; readonly target: number },
): Int32Array {
  const moved = words.slice();
  const stretch = words.subarray(start, start + length);
  if (target < start) {
    moved.set(stretch, target);
    moved.set(words.subarray(target, start), target + length);
  } else {
    // a place within the stretch counts from its beginning
    const end = target > start + length ? target : Math.min(words.length, length + target);
    moved.set(words.subarray(start + length, end), start);
    moved.set(stretch, start + Math.max(0, end - start - length));
  }
  return moved;
}
