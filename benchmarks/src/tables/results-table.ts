import { describeBar } from '../recipes/recipe.js';
import type { CaseResult, Reproduction, ScoreResult } from '../reproduction/result.js';
import { formatTable } from './markdown.js';

const head = ['data and model', 'score', 'unroll', 'published', 'seeds', 'training, each', 'command'];

/** README's table of reproductions: one row a case, its first score beside the published one. */
export function formatResults(results: readonly Reproduction[]): string {
  const rows = results.flatMap(({ name, cases }) =>
    cases.map((each) => [
      `${each.data}; ${each.model}`,
      ...scoreCells(each.scores[0]!, each),
      String(each.seeds.length),
      formatMinutes(each),
      `\`pnpm reproduce ${name}\``,
    ]),
  );
  return rows.length === 0 ? 'Nothing has been reproduced yet.' : formatTable([head, ...rows]);
}

/** All scores of all cases, with the bars that they were held against. */
export function formatAllResults(results: readonly Reproduction[]): string {
  const rows = results.flatMap(({ name, cases }) =>
    cases.flatMap((each) =>
      each.scores.map((score) => [
        `\`${name}\``,
        `${each.data}; ${each.model}`,
        ...scoreCells(score, each),
        describeBar(score),
      ]),
    ),
  );
  const titles = ['recipe', ...head.slice(0, 4), 'bar'];
  return rows.length === 0 ? 'Nothing has been reproduced yet.' : formatTable([titles, ...rows]);
}

function scoreCells(score: ScoreResult, { seeds }: CaseResult): [label: string, ours: string, published: string] {
  const digits = (value: number) => value.toFixed(score.decimals);
  const deviation = seeds.length > 1 ? ` ± ${digits(score.standardDeviation)}` : '';
  const missed = score.reached ? '' : ` (missed: ${describeBar(score)})`;
  const { published } = score;
  return [
    score.label,
    `**${digits(score.mean)}**${deviation}${missed}`,
    published === undefined ? '–' : `${digits(published.score)} (${published.source})`,
  ];
}

function formatMinutes({ seeds }: CaseResult): string {
  const minutes = seeds.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0) / seeds.length / 60;
  return minutes < 1 ? `${Math.round(minutes * 60)} s` : `${minutes.toFixed(0)} min`;
}
