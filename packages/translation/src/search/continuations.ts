export interface Continuation {
  /** of the hypothesis that it continues */
  readonly row: number;
  readonly id: number;
  /** of the token */
  readonly logProbability: number;
}

/**
 * The most probable continuations of several hypotheses together, best first; equal ones by hypothesis, then by id. Those of
 * probability 0 are none.
 *
 * @param rows - `scores` of the tokens and the `base` they are added to
 */
export function bestContinuations(
  rows: readonly { readonly scores: Float32Array; readonly base: number }[],
  count: number,
): readonly Continuation[] {
  const totals = new Float64Array(count).fill(-Infinity);
  const places: Continuation[] = [];
  const last = count - 1;
  for (const [row, { scores, base }] of rows.entries()) {
    for (let id = 0; id < scores.length; id++) {
      const total = base + scores[id]!;
      // Most tokens are below the worst of the best so far: one comparison each.
      if (!(total > totals[last]!)) continue;
      let place = Math.min(places.length, last);
      for (; place > 0 && total > totals[place - 1]!; place--) {
        totals[place] = totals[place - 1]!;
        places[place] = places[place - 1]!;
      }
      totals[place] = total;
      places[place] = { row, id, logProbability: scores[id]! };
    }
  }
  return places;
}
