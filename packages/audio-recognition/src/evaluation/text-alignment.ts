/** What became of a word of the reference, or where one of the hypothesis came from. */
export type AlignedWord =
  | { readonly kind: 'match'; readonly reference: string; readonly hypothesis: string }
  | { readonly kind: 'substitution'; readonly reference: string; readonly hypothesis: string }
  | { readonly kind: 'deletion'; readonly reference: string }
  | { readonly kind: 'insertion'; readonly hypothesis: string };

export interface ErrorCounts {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** Tables up to this many cells are kept whole; longer texts are halved first. */
const wholeTable = 1 << 20;

type Row = Float64Array<ArrayBuffer>;

/**
 * How a hypothesis comes from a reference with the fewest errors (Levenshtein); of several such ways, one with the most matches.
 *
 * Memory grows with the longer text, not with the product of both.
 *
 * @see Hirschberg 1975, "A linear space algorithm for computing maximal common subsequences"
 */
export function alignTexts(reference: readonly string[], hypothesis: readonly string[]): readonly AlignedWord[] {
  const [from, to] = numberTexts(reference, hypothesis);
  const aligned: AlignedWord[] = [];
  let [i, j] = [0, 0];
  for (const move of movesOf(from, to, from.length + to.length + 1)) {
    const words = { reference: reference[i]!, hypothesis: hypothesis[j]! };
    if (move === diagonal) aligned.push({ kind: from[i] === to[j] ? 'match' : 'substitution', ...words });
    else if (move === down) aligned.push({ kind: 'deletion', reference: words.reference });
    else aligned.push({ kind: 'insertion', hypothesis: words.hypothesis });
    if (move !== right) i++;
    if (move !== down) j++;
  }
  return aligned;
}

/** The errors of `alignTexts` without the alignment. */
export function countErrors(reference: readonly string[], hypothesis: readonly string[]): ErrorCounts {
  const [from, to] = numberTexts(reference, hypothesis);
  const [begin, end] = commonEnds(from, to);
  const [a, b] = [from.subarray(begin, from.length - end), to.subarray(begin, to.length - end)];
  const unit = a.length + b.length + 1;
  const cost = lastRow(a, b, unit)[b.length]!;
  const errors = Math.floor(cost / unit);
  const substitutions = cost % unit;
  const deletions = (errors - substitutions + a.length - b.length) / 2;
  return { substitutions, deletions, insertions: errors - substitutions - deletions };
}

/** Words as numbers, the same for the same word. */
function numberTexts(...texts: readonly [readonly string[], readonly string[]]): readonly [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const numberOf = (word: string) => {
    const known = numbers.get(word) ?? numbers.size;
    numbers.set(word, known);
    return known;
  };
  return [Int32Array.from(texts[0], numberOf), Int32Array.from(texts[1], numberOf)];
}

const diagonal = 0;
/** in the reference alone */
const down = 1;
/** in the hypothesis alone */
const right = 2;

/** How many numbers are the same at the beginning, and of the rest at the end: matching them is never worse. */
function commonEnds(a: Int32Array, b: Int32Array): readonly [number, number] {
  const shorter = Math.min(a.length, b.length);
  let begin = 0;
  while (begin < shorter && a[begin] === b[begin]) begin++;
  let end = 0;
  while (end < shorter - begin && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [begin, end];
}

/** @param unit - what an error costs; a substitution costs 1 more, so that matches decide between equals */
function movesOf(from: Int32Array, to: Int32Array, unit: number): readonly number[] {
  const [begin, end] = commonEnds(from, to);
  const [a, b] = [from.subarray(begin, from.length - end), to.subarray(begin, to.length - end)];
  return [...repeat(diagonal, begin), ...movesBetween(a, b, unit), ...repeat(diagonal, end)];
}

function movesBetween(a: Int32Array, b: Int32Array, unit: number): readonly number[] {
  if (a.length === 0) return repeat(right, b.length);
  if (a.length === 1 || a.length * b.length <= wholeTable) return tracedMoves(a, b, unit);
  return halvedMoves(a, b, unit);
}

function repeat(move: number, count: number): readonly number[] {
  return Array.from({ length: count }, () => move);
}

function halvedMoves(a: Int32Array, b: Int32Array, unit: number): readonly number[] {
  const middle = a.length >> 1;
  const before = lastRow(a.subarray(0, middle), b, unit);
  const after = lastRow(a.subarray(middle).toReversed(), b.toReversed(), unit);
  let best = 0;
  for (let j = 1; j <= b.length; j++) {
    if (before[j]! + after[b.length - j]! < before[best]! + after[b.length - best]!) best = j;
  }
  return [
    ...movesOf(a.subarray(0, middle), b.subarray(0, best), unit),
    ...movesOf(a.subarray(middle), b.subarray(best), unit),
  ];
}

/** Costs of making all of `a` each beginning of `b`. */
function lastRow(a: Int32Array, b: Int32Array, unit: number): Row {
  const row = firstRow(b.length, unit);
  for (let i = 1; i <= a.length; i++) fillRow(row, b, { word: a[i - 1]!, unit });
  return row;
}

function firstRow(length: number, unit: number): Row {
  return Float64Array.from({ length: length + 1 }, (_, j) => j * unit);
}

/**
 * The next row of the table over the one before, in place, and where each cell came from.
 *
 *   D[i][j] = min(D[i−1][j−1] + (aᵢ ≠ bⱼ)·(unit + 1), D[i−1][j] + unit, D[i][j−1] + unit)     in this order of preference
 */
function fillRow(
  row: Row,
  b: Int32Array,
  { word, unit, moves }: { readonly word: number; readonly unit: number; readonly moves?: Uint8Array },
): void {
  let corner = row[0]!;
  let left = corner + unit;
  row[0] = left;
  for (let j = 1; j <= b.length; j++) {
    const above = row[j]!;
    let best = word === b[j - 1] ? corner : corner + unit + 1;
    let move = diagonal;
    if (above + unit < best) {
      best = above + unit;
      move = down;
    }
    if (left + unit < best) {
      best = left + unit;
      move = right;
    }
    if (moves) moves[j] = move;
    row[j] = best;
    left = best;
    corner = above;
  }
}

function tracedMoves(a: Int32Array, b: Int32Array, unit: number): readonly number[] {
  const width = b.length + 1;
  const table = new Uint8Array((a.length + 1) * width).fill(down);
  table.fill(right, 0, width);
  const row = firstRow(b.length, unit);
  for (let i = 1; i <= a.length; i++) {
    fillRow(row, b, { word: a[i - 1]!, unit, moves: table.subarray(i * width, (i + 1) * width) });
  }
  const moves: number[] = [];
  let [i, j] = [a.length, b.length];
  while (i > 0 || j > 0) {
    const move = table[i * width + j]!;
    moves.push(move);
    if (move !== right) i--;
    if (move !== down) j--;
  }
  return moves.toReversed();
}
