import type { Series, SplitPanel } from '../types.js';

/**
 * Where the fit of a series should end that serves a request: at the end of the part before its origin, so that all origins
 * of a part share one fit and the order of requests does not matter. At the origin itself for series that the split does
 * not have, and where the part's end leaves out more than half of what is known.
 */
export function partEnds(split: SplitPanel): (series: Series, origin: number) => number {
  const known = new Map(split.panel.series.map(({ id, start }, i) => [id, { start, bounds: split.bounds[i]! }]));
  return ({ id, start }, origin) => {
    const found = known.get(id);
    if (found?.start !== start) return origin;
    const { trainEnd, validEnd, testEnd } = found.bounds;
    const end = [testEnd, validEnd, trainEnd].find((end) => end <= origin) ?? origin;
    return 2 * end < origin ? origin : end;
  };
}
