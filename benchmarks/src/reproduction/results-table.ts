import type { Reproduction } from './result.js';

const begin = '<!-- results: made by `pnpm results` from benchmarks/results; not edited by hand -->';
const end = '<!-- end of results -->';

/** README's table: one row a reproduction, ours beside the published score. */
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
  const head = ['data and model', 'score', 'unroll', 'published', 'seeds', 'training, each', 'command'];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

/** README with its table replaced. @throws {Error} if the table's two marks are not there */
export function replaceResults(readme: string, table: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md needs the line ${begin} and, below it, ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${table}\n\n${readme.slice(to)}`;
}
