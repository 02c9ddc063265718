import { formatDuration, formatNumber, type ReportSection, type ReportTable } from '@unroll/core';
import type { BacktestResult, ForecasterResult, SeriesScores } from './evaluation/result.js';

/** The columns of a table of results, in order: the score and its heading. Those of intervals follow them. */
export const reportColumns: readonly { readonly score: string; readonly heading: string }[] = [
  { score: 'mase', heading: 'MASE' },
  { score: 'smape', heading: 'sMAPE %' },
  { score: 'owa', heading: 'OWA' },
  { score: 'mse', heading: 'MSE' },
  { score: 'mae', heading: 'MAE' },
  { score: 'rmse', heading: 'RMSE' },
  { score: 'rse', heading: 'RSE' },
  { score: 'corr', heading: 'CORR' },
  { score: 'weightedQuantileLoss', heading: 'weighted quantile loss' },
  { score: 'crps', heading: 'CRPS' },
];

const rowsOfSteps = 8;
const rowsOfSeries = 10;

/** What a backtest found, in words and tables. */
export function describeBacktest(result: BacktestResult): ReportSection {
  const { comparison } = result;
  return {
    title: `Backtest on the ${result.part} part`,
    paragraphs: [...(comparison ? [comparison.words] : []), describeSetting(result)],
    tables: [scoreTable(result), ...stepTable(result), ...seriesTable(result)],
    pictures: [],
  };
}

function describeSetting(result: BacktestResult): string {
  const { horizon, origins, step, series, skippedSeries, channels, units, windows, quantiles } = result;
  const lines = [
    `${plural(horizon, 'step')} ahead from ${plural(origins, 'origin')}${origins > 1 ? `, ${plural(step, 'step')} apart` : ''}, of ` +
      `${plural(series, 'series', 'series')}${channels > 1 ? ` of ${channels} channels` : ''}: ${plural(windows, 'window')}, the same for all.`,
    units === 'standardised'
      ? 'Errors are in training deviations of each channel; percentages and MASE in its own units.'
      : 'Errors are in the units of the data.',
    `MASE is measured by the seasonal naive forecast (${plural(result.seasonality, 'step')}) of the steps before.`,
  ];
  if (skippedSeries > 0) lines.push(`${plural(skippedSeries, 'series', 'series')} too short for one origin left out.`);
  if (quantiles.length > 0) lines.push('Coverage should be the number in its heading.');
  return lines.join(' ');
}

/** A row a forecaster, the best by the loss first. */
function scoreTable({ forecasters, loss }: BacktestResult): ReportTable {
  const columns = columnsOf(forecasters);
  const rows = [...forecasters]
    .sort((a, b) => (a.overall[loss] ?? Infinity) - (b.overall[loss] ?? Infinity) || 0)
    .map(({ name, overall, seconds }) => [
      name,
      ...columns.map(({ score }) => cell(overall[score])),
      formatDuration(seconds),
    ]);
  return { caption: 'Overall', head: ['forecaster', ...columns.map(({ heading }) => heading), 'time'], rows };
}

function columnsOf(forecasters: readonly ForecasterResult[]) {
  const known = new Set(forecasters.flatMap(({ overall }) => Object.keys(overall)));
  const intervals = [...known].flatMap((score) => {
    const [, kind, percent] = /^(coverage|width)(.+)$/.exec(score) ?? [];
    return kind ? [{ score, heading: `${kind} ${percent} %` }] : [];
  });
  return [...reportColumns.filter(({ score }) => known.has(score)), ...intervals];
}

/** The loss at some steps of the horizon, from its first to its last. */
function stepTable({ forecasters, loss, horizon }: BacktestResult): readonly ReportTable[] {
  if (horizon < 2) return [];
  const count = Math.min(rowsOfSteps, horizon);
  const steps = Array.from({ length: count }, (_, i) => Math.round((i * (horizon - 1)) / (count - 1)));
  const rows = steps
    .map((step) => [String(step + 1), ...forecasters.map(({ byStep }) => cell(byStep[loss]?.[step] ?? undefined))])
    .filter(([, ...cells]) => cells.some((text) => text !== ''));
  return [
    { caption: `${loss.toUpperCase()} by step ahead`, head: ['step', ...forecasters.map(({ name }) => name)], rows },
  ];
}

/** The series that the first forecaster is best and worst at. */
function seriesTable({ forecasters, loss }: BacktestResult): readonly ReportTable[] {
  const [first] = forecasters;
  if (!first || first.bySeries.length < 2) return [];
  const { bySeries } = first;
  const shown =
    bySeries.length <= rowsOfSeries
      ? bySeries
      : [...bySeries.slice(0, rowsOfSeries / 2), ...bySeries.slice(-rowsOfSeries / 2)];
  const columns = ['mase', 'smape', 'mse', 'mae'].filter((score) => shown.some(({ scores }) => score in scores));
  const headings = columns.map((score) => reportColumns.find((column) => column.score === score)!.heading);
  return [
    {
      caption: `${first.name} by series${shown === bySeries ? '' : ', best and worst'}, ordered by ${loss.toUpperCase()}`,
      head: ['series', ...headings],
      rows: shown.map((one) => [labelOf(one), ...columns.map((score) => cell(one.scores[score]))]),
    },
  ];
}

function labelOf({ series, channel }: SeriesScores): string {
  return series === '' ? channel : `${series} ${channel}`;
}

function cell(score: number | undefined): string {
  return score === undefined ? '' : formatNumber(score);
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
