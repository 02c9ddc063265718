import type { Chart, ChartLayer, ReportPicture, ReportSection } from '@unroll/core';
import {
  describeBacktest,
  formatTime,
  reportColumns,
  timeAt,
  type BacktestResult,
  type ForecastExample,
  type ForecasterResult,
  type Frequency,
} from '@unroll/forecasting';

/** Fans that a report shows. */
const fanCount = 4;
const barCount = 25;
/** Others that a chart of errors shows. */
const rivalCount = 4;

/** The scores that a run is summed up by; the backtest's table has all. */
export function mainScores(scores: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const names = [
    ...reportColumns.map(({ score }) => score),
    ...Object.keys(scores).filter((name) => name.startsWith('coverage')),
  ];
  return Object.fromEntries(
    names.flatMap((name) => (scores[name] === undefined ? [] : [[name, scores[name]] as const])),
  );
}

/** What a backtest found: its words and tables, and pictures of them. */
export function backtestSections(result: BacktestResult, frequency: Frequency): readonly ReportSection[] {
  const section = describeBacktest(result);
  return [{ ...section, pictures: [...section.pictures, ...backtestPictures(result, frequency)] }];
}

export function backtestPictures(result: BacktestResult, frequency: Frequency): readonly ReportPicture[] {
  const { examples } = result.forecasters[0]!;
  const shown = spread(examples, fanCount);
  return [
    ...shown.map((example, i) => ({
      name: `forecast-${i + 1}`,
      caption: 'forecasts against what came',
      chart: fanChart(result, example, frequency),
    })),
    ...(result.horizon > 1
      ? [{ name: 'errors-by-step', caption: 'error by step ahead', chart: errorChart(result) }]
      : []),
    { name: 'residuals', caption: 'how the errors are distributed', chart: residualChart(result) },
  ];
}

/** Evenly spread, the last among them. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.round(((i + 1) * items.length) / count) - 1]!);
}

/**
 * What came before and what came, with the forecast of the first forecaster, its intervals, and the best baseline.
 *
 * @param example - of the first forecaster
 */
export function fanChart(result: BacktestResult, example: ForecastExample, frequency: Frequency): Chart {
  const [first, ...others] = result.forecasters;
  const { history, actual, mean, quantiles, origin, start } = example;
  const at = (step: number) => timeAt(start, step, frequency);
  const ahead = (values: readonly (number | null)[]) => values.map((y, i) => [at(origin + i), y] as const);
  const shown = history.map((y, i) => [at(origin - history.length + i), y] as const);
  const middle = quantiles && result.quantiles.indexOf(0.5);
  const best = bestOf(others, result.loss);
  const rival = best?.examples.find((other) => isSameWindow(other, example));
  const series = [example.series, result.channels > 1 ? example.channel : ''].filter(Boolean).join(', ');
  return {
    title: `${shortName(result)}: ${series === '' ? example.channel : series}, from ${formatTime(at(origin), frequency)}`,
    x: frequency.unit === 'step' ? { kind: 'number', name: 'step' } : { kind: 'time' },
    y: { kind: 'number', ...(result.channels === 1 && { name: example.channel }) },
    layers: [
      ...bandLayers(result.quantiles, quantiles, { at, origin }),
      { kind: 'line', name: 'actual', colour: 'ink', points: [...shown, ...ahead(actual)] },
      ...(rival && best ? [{ kind: 'dashes', name: best.name, colour: 1, points: ahead(rival.mean) } as const] : []),
      {
        kind: 'line',
        name: middle !== undefined && middle >= 0 ? `${first!.name} (median)` : first!.name,
        colour: 0,
        points: ahead(middle !== undefined && middle >= 0 ? quantiles![middle]! : mean),
      },
      { kind: 'mark', name: '', colour: 'soft', at: at(origin) },
    ],
  };
}

/** Intervals from the widest to the narrowest: the lowest level with the highest, and so on inwards. */
function bandLayers(
  levels: readonly number[],
  quantiles: ForecastExample['quantiles'],
  { at, origin }: { readonly at: (step: number) => number; readonly origin: number },
): readonly ChartLayer[] {
  if (!quantiles) return [];
  return Array.from({ length: Math.floor(levels.length / 2) }, (_, i) => {
    const [low, high] = [quantiles[i]!, quantiles[levels.length - 1 - i]!];
    const percent = Number((100 * (levels[levels.length - 1 - i]! - levels[i]!)).toFixed(1));
    const points = low.map((value, step) => [at(origin + step), value, high[step]!] as const);
    return { kind: 'band', name: `${percent} % interval`, colour: 0, points };
  });
}

function bestOf(forecasters: readonly ForecasterResult[], loss: string): ForecasterResult | undefined {
  return inOrder(forecasters, loss)[0];
}

/** The best first. */
function inOrder(forecasters: readonly ForecasterResult[], loss: string): readonly ForecasterResult[] {
  return [...forecasters].sort((a, b) => (a.overall[loss] ?? Infinity) - (b.overall[loss] ?? Infinity) || 0);
}

function isSameWindow(a: ForecastExample, b: ForecastExample): boolean {
  return a.series === b.series && a.channel === b.channel && a.origin === b.origin;
}

/** The loss by step ahead, of the forecaster in question and of the best others. */
export function errorChart({ forecasters, loss, dataset, horizon }: BacktestResult): Chart {
  const [first, ...others] = forecasters;
  const shown = [first!, ...inOrder(others, loss).slice(0, rivalCount)];
  const layers = shown.map(({ name, byStep }, i): ChartLayer => {
    const points = Array.from({ length: horizon }, (_, step) => [step + 1, byStep[loss]?.[step] ?? null] as const);
    return { kind: i === 0 ? 'line' : 'dashes', name, colour: i, points };
  });
  return {
    title: `${shortName({ dataset })}: ${loss.toUpperCase()} by step ahead`,
    x: { kind: 'number', name: 'steps ahead' },
    y: { kind: 'number' },
    // the one in question is drawn last, above the others
    layers: [...layers.slice(1), ...layers.slice(0, 1)],
  };
}

/** How often errors of the first forecaster were how large, over the windows that were kept. */
export function residualChart({ forecasters, dataset }: BacktestResult): Chart {
  const { name, examples } = forecasters[0]!;
  const errors = examples.flatMap(({ actual, mean }) =>
    actual.flatMap((value, step) => {
      const expected = mean[step] ?? null;
      return value === null || expected === null ? [] : [value - expected];
    }),
  );
  const sorted = Float64Array.from(errors).sort();
  // the outermost hundredths would leave little room for the others
  const [low, high] = [
    sorted[Math.floor(sorted.length * 0.005)] ?? 0,
    sorted[Math.ceil(sorted.length * 0.995) - 1] ?? 0,
  ];
  const width = niceWidth((high - low) / barCount);
  const first = Math.floor(low / width);
  const counts = Array.from({ length: Math.floor(high / width) - first + 1 }, () => 0);
  for (const error of sorted) {
    const bar = Math.floor(error / width) - first;
    if (bar >= 0 && bar < counts.length) counts[bar]! += 1;
  }
  const label = (bar: number) => String(Number(((first + bar + 0.5) * width).toPrecision(6)));
  return {
    title: `${shortName({ dataset })}: errors of ${name}`,
    x: { kind: 'category', name: 'what came less what was forecast' },
    y: { kind: 'number', name: `steps of ${examples.length} windows` },
    layers: [{ kind: 'bars', name: '', colour: 0, points: counts.map((count, bar) => [label(bar), count] as const) }],
  };
}

/** 1, 2 or 5 times a power of ten, at least as wide. */
function niceWidth(width: number): number {
  if (!(width > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  return power * ([1, 2, 5, 10].find((step) => step * power >= width) ?? 10);
}

/** A file without its folders. */
function shortName({ dataset }: Pick<BacktestResult, 'dataset'>): string {
  return dataset.replace(/^.*[/\\]/, '');
}
