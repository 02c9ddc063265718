/**
 * Holds the baselines to the score sheet of the M4 competition: sMAPE and MASE on its hourly and weekly series, to three
 * decimals, through the same reading, splitting and backtest as `unroll-forecast evaluate`. Prints a table, or JSON:
 *
 * node --conditions=unroll-source --import tsx benchmarks/src/m4-baselines.ts [--json] [--models naive2,theta,…]
 *
 * Exit code 1 where a score of the sheet is missed. UNROLL_DATASETS_MIRROR names a folder with the data.
 */
import { parseArgs } from 'node:util';
import { randomKey } from '@unroll/core';
import { openDataset } from '@unroll/datasets';
import {
  backtest,
  baselineNames,
  createBaseline,
  parseForecastingConfig,
  readPanel,
  splitPanel,
  type BaselineName,
} from '@unroll/forecasting';
import { readNames, runCommandLine } from './command-line.js';

interface Row {
  readonly dataset: string;
  readonly model: string;
  readonly smape: number;
  readonly mase: number;
  readonly owa: number;
  readonly seconds: number;
  /** sMAPE and MASE of the sheet, where it has the method */
  readonly sheet?: readonly [number, number];
  readonly reached?: boolean;
}

type Sheet = Readonly<Partial<Record<BaselineName, readonly [number, number]>>>;

/** "Evaluation and Ranks.xlsx" of Mcompetitions/M4-methods. */
const sheets: Readonly<Record<'m4-hourly' | 'm4-weekly', { readonly horizon: number; readonly sheet: Sheet }>> = {
  'm4-hourly': {
    horizon: 48,
    sheet: { naive2: [18.383, 2.395], 'seasonal-naive': [13.912, 1.193], theta: [18.138, 2.455] },
  },
  'm4-weekly': {
    horizon: 13,
    sheet: { naive2: [9.161, 2.777], 'seasonal-naive': [9.161, 2.777], theta: [9.093, 2.637] },
  },
};

const key = randomKey(1);

async function scoreDataset(name: keyof typeof sheets, models: readonly BaselineName[]): Promise<readonly Row[]> {
  const { horizon, sheet } = sheets[name];
  const { splits } = await openDataset(name, { mirror: process.env['UNROLL_DATASETS_MIRROR'] });
  const seasonality = name === 'm4-hourly' ? 24 : 1;
  // Without a validation part: the sheet's methods, and the scale of MASE, know the whole training file.
  const config = parseForecastingConfig({ horizon, seasonality, data: { layout: 'rows' }, split: { valid: 0 } });
  const { panel, bounds } = await readPanel({ name, train: splits['train']!, test: splits['test']! }, config.data);
  const split = splitPanel(panel, config, bounds);
  const forecasters = [];
  for (const model of models) {
    const parsed = parseForecastingConfig({ model: { name: model } });
    forecasters.push(await createBaseline(parsed.model, { split, seasonality, horizon, key }));
  }
  const result = await backtest({ forecasters, split, horizon, seasonality, key, clock: () => performance.now() });
  return result.forecasters.map(({ name: model, overall, seconds }): Row => {
    const score = (metric: string) => overall[metric] ?? Number.NaN;
    const row = { dataset: name, model, smape: score('smape'), mase: score('mase'), owa: score('owa'), seconds };
    const published = sheet[model as BaselineName];
    if (published === undefined) return row;
    const reached = row.smape.toFixed(3) === published[0].toFixed(3) && row.mase.toFixed(3) === published[1].toFixed(3);
    return { ...row, sheet: published, reached };
  });
}

function printTable(rows: readonly Row[]): void {
  console.log(
    '| dataset | model | sMAPE | MASE | OWA | sheet | seconds |\n| --- | --- | ---: | ---: | ---: | --- | ---: |',
  );
  for (const { dataset, model, smape, mase, owa, seconds, sheet, reached } of rows) {
    const scores = [smape, mase, owa].map((score) => score.toFixed(3)).join(' | ');
    const published = sheet
      ? `${sheet.map((score) => score.toFixed(3)).join(' / ')} ${reached ? 'reached' : 'MISSED'}`
      : '';
    console.log(`| ${dataset} | ${model} | ${scores} | ${published} | ${seconds.toFixed(1)} |`);
  }
}

const usage = `Usage: m4-baselines [--json] [--models LIST]

Models: ${baselineNames.join(', ')}; all unless named. naive2 is always among them, for OWA.`;

await runCommandLine(usage, async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, models: { type: 'string' } } });
  const named = values.models === undefined ? baselineNames : readNames('--models', values.models, baselineNames);
  const models = [...new Set<BaselineName>([...named, 'naive2'])];
  const rows = [...(await scoreDataset('m4-hourly', models)), ...(await scoreDataset('m4-weekly', models))];
  if (values.json) console.log(JSON.stringify(rows, null, 2));
  else printTable(rows);
  if (rows.some(({ reached }) => reached === false)) process.exitCode = 1;
});
