import { extname } from 'node:path';
import type { VerbContext } from '@unroll/cli';
import { chartPage, chartSvg, svgToPng } from '@unroll/cli/charts';
import type { Chart } from '@unroll/core';
import { DataError, UsageError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { createEnsemble, splitPanel, type BacktestResult, type Panel } from '@unroll/forecasting';
import { hasPart, runBacktest } from '../backtests.js';
import { calibrated } from '../calibration.js';
import { chooseModels, seasonalityOf, type ModelFlags } from '../models.js';
import { loadPanel } from '../panels.js';
import { backtestSections, errorChart, fanChart, residualChart } from '../sections.js';
import { logTo } from './forecast.js';

interface PlotFlags extends ModelFlags {
  readonly out?: string;
  readonly kind?: 'fan' | 'errors' | 'residuals';
  readonly series?: string;
  readonly origins?: number;
  readonly step?: number;
}

/** Draws a backtest: one picture as SVG or PNG, all of them as a page. */
export async function plot(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: PlotFlags = context.flags;
  const { out, kind = 'fan', conformal = false } = flags;
  const ending = extname(out ?? '').toLowerCase();
  if (out === undefined || !['.svg', '.png', '.html'].includes(ending)) {
    throw new UsageError('usage/out', 'say where to draw with --out FILE.svg, FILE.png or FILE.html');
  }
  if (flags.data === undefined) throw new UsageError('usage/data', 'name what to draw with --data FILE or a dataset');
  const data = await context.openData(flags.data);
  const chosen = await chooseModels(context, data);
  const { config, facts, key } = chosen;
  const onProgress = logTo(output);
  const loaded = await loadPanel(data, config, { onProgress, facts });
  const split = splitPanel(
    onlySeries(loaded.panel, ending === '.html' ? undefined : flags.series),
    config,
    loaded.bounds,
  );
  const members = await chosen.forecasters(split);
  const whole = members.length === 1 ? members[0]! : createEnsemble(members);
  const { forecaster } = await calibrated(whole, { wanted: conformal, split, config, key });
  const part = hasPart(split, 'test', config.horizon) ? 'test' : 'valid';
  const seasonality = facts?.seasonality ?? seasonalityOf(config, split.panel);
  const { origins, step } = flags;
  const result = await runBacktest([forecaster], { split, config, seasonality, key, part, origins, step, onProgress });
  forecaster.dispose?.();
  const content =
    ending === '.html'
      ? chartPage(`${forecaster.name} on ${result.dataset}`, backtestSections(result, split.panel.frequency))
      : picture(ending, chartOf(kind, result, split.panel));
  await writeFileAtomically(out, content);
  if (output.json) await output.object({ model: chosen.names, data: data.name, out });
  else output.log(`written: ${out}`);
}

/** A fan is of one series. @throws {DataError} `data/series` */
function onlySeries(panel: Panel, id: string | undefined): Panel {
  if (id === undefined) return panel;
  const series = panel.series.filter((each) => each.id === id);
  if (series.length > 0) return { ...panel, series };
  const some = panel.series.slice(0, 5).map((each) => each.id);
  throw new DataError(
    'data/series',
    `${panel.name} has no series ${JSON.stringify(id)}; it has ${some.join(', ')}${panel.series.length > 5 ? ', …' : ''}`,
  );
}

function chartOf(kind: 'fan' | 'errors' | 'residuals', result: BacktestResult, { frequency }: Panel): Chart {
  const { examples } = result.forecasters[0]!;
  switch (kind) {
    case 'fan':
      return fanChart(result, examples.at(-1)!, frequency);
    case 'errors':
      return errorChart(result);
    case 'residuals':
      return residualChart(result);
  }
}

function picture(ending: string, chart: Chart): string | Uint8Array {
  const svg = chartSvg(chart, { width: 900, height: 380 }) ?? '';
  return ending === '.svg' ? svg : svgToPng(svg);
}
