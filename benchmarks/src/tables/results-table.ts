import type { Reproduction } from '../reproduction/result.js';
import { formatTable } from './markdown.js';

const head = ['data and model', 'score', 'unroll', 'published', 'seeds', 'training, each', 'command'];

/** README's table of reproductions: one row each, ours beside the published score. */
export function formatResults(results: readonly Reproduction[]): string {
  const rows = results.map((result) => {
    const { score, standardDeviation, seeds, published, bar } = result;
    const digits = (value: number) => value.toFixed(score.decimals);
    const deviation = seeds.length > 1 ? ` ± ${digits(standardDeviation)}` : '';
    const minutes = seeds.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0) / seeds.length / 60;
    return [
      `${result.data}; ${result.model}`,
      score.label,
      `**${digits(result.mean)}**${deviation}${result.reached ? '' : ` (bar ${digits(bar)} missed)`}`,
      `${digits(published.score)} (${published.source})`,
      String(seeds.length),
      `${minutes.toFixed(0)} min`,
      `\`pnpm reproduce ${result.name}\``,
    ];
  });
  return rows.length === 0 ? 'Nothing has been reproduced yet.' : formatTable([head, ...rows]);
}
