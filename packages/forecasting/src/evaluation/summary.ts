import type { Panel } from '../types.js';
import type { ForecasterResult, SeriesScores } from './result.js';
import type { Tally } from './tally.js';

/** So many series are listed from the best and from the worst side. */
const listed = 50;

/** What a tally holds, as plain data. */
export function summarise(
  tally: Tally,
  { panel, horizon, loss }: { readonly panel: Panel; readonly horizon: number; readonly loss: string },
): Pick<ForecasterResult, 'overall' | 'byStep' | 'bySeries'> {
  const overall = tally.overall();
  const steps = Array.from({ length: horizon }, (_, step) => tally.ofStep(step));
  const names = Object.keys(overall);
  return {
    overall,
    byStep: Object.fromEntries(names.map((name) => [name, steps.map((scores) => scores[name] ?? null)])),
    bySeries: bestAndWorst(seriesScores(tally, panel), loss),
  };
}

function seriesScores(tally: Tally, { series, targetNames }: Panel): readonly SeriesScores[] {
  const all = series.flatMap(({ id }, i) =>
    targetNames.map((channel, c) => ({ series: id, channel, scores: tally.ofChannel(i * targetNames.length + c) })),
  );
  return all.filter(({ scores }) => Object.keys(scores).length > 0);
}

function bestAndWorst(all: readonly SeriesScores[], loss: string): readonly SeriesScores[] {
  const sorted = [...all].sort((a, b) => (a.scores[loss] ?? Infinity) - (b.scores[loss] ?? Infinity) || 0);
  return sorted.length <= 2 * listed ? sorted : [...sorted.slice(0, listed), ...sorted.slice(-listed)];
}
