import type { Continuations } from './sentence-search.js';

export interface Continuation {
  /** of the hypothesis that it continues */
  readonly row: number;
  readonly id: number;
  /** of the token */
  readonly logProbability: number;
}

export interface ContinuedRow extends Continuations {
  /** log p of the hypothesis */
  readonly base: number;
  readonly forbidden: ReadonlySet<number>;
}

/**
 * The most probable continuations of several hypotheses together, best first; equal ones by hypothesis, then by id. Those of
 * probability 0 are none.
 */
export function bestContinuations(rows: readonly ContinuedRow[], count: number): readonly Continuation[] {
  const totals = new Float64Array(count).fill(-Infinity);
  const places: Continuation[] = [];
  const last = count - 1;
  for (const [row, { ids, logProbabilities, base, forbidden }] of rows.entries()) {
    for (const [rank, id] of ids.entries()) {
      const logProbability = logProbabilities[rank]!;
      const total = base + logProbability;
      // The tokens of a row only get worse.
      if (!(total > totals[last]!)) break;
      if (forbidden.has(id)) continue;
      let place = Math.min(places.length, last);
      for (; place > 0 && total > totals[place - 1]!; place--) {
        totals[place] = totals[place - 1]!;
        places[place] = places[place - 1]!;
      }
      totals[place] = total;
      places[place] = { row, id, logProbability };
    }
  }
  return places;
}
