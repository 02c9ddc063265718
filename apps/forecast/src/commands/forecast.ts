import type { Output, VerbContext } from '@unroll/cli';
import { deriveKey } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import {
  createEnsemble,
  formatTime,
  loadLiveState,
  matchPanel,
  splitPanel,
  timeAt,
  type Forecast,
  type Forecaster,
  type Panel,
  type Series,
} from '@unroll/forecasting';
import { calibrated } from '../calibration.js';
import { csvLine } from '../csv.js';
import { chooseModels, splitOfAll, type ChosenModels, type ModelFlags } from '../models.js';
import { loadPanel } from '../panels.js';

interface ForecastFlags extends ModelFlags {
  readonly out?: string;
}

/** Forecasts what comes after the last step of each series, as CSV: id, time, mean, a column a quantile. With `--json` one object. */
export async function forecast(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: ForecastFlags = context.flags;
  const data = flags.data === undefined ? undefined : await context.openData(flags.data);
  const chosen = await chooseModels(context, data);
  const panel = data
    ? (await loadPanel(data, chosen.config, { onProgress: logTo(output), facts: chosen.facts })).panel
    : await livePanel(chosen);
  const forecaster = await together(chosen, panel, flags);
  const { horizon, quantiles } = chosen.config;
  const found: Readonly<Record<string, string | number>>[] = [];
  const table = forecastTable(panel, quantiles);
  const key = deriveKey(chosen.key, 'forecast');
  const requests = panel.series.map((series) => ({ series, origin: series.length }));
  let i = 0;
  try {
    await context.writeResult({ path: output.json ? undefined : flags.out }, async (write) => {
      for await (const result of forecaster.forecast(requests, { horizon, quantiles, key })) {
        if (i === 0 && !output.json) await write(csvLine(table.head));
        const rows = table.rowsOf(panel.series[i++]!, result);
        if (output.json)
          found.push(...rows.map((row) => Object.fromEntries(row.map((cell, at) => [table.head[at]!, cell]))));
        else await write(rows.map(csvLine).join(''));
      }
    });
  } finally {
    forecaster.dispose?.();
  }
  const names = chosen.names.length === 1 ? chosen.names[0] : chosen.names;
  if (output.json) await output.object({ model: names, data: panel.name, horizon, quantiles, forecasts: found });
}

export function logTo(output: Output): (message: string) => void {
  return (message) => output.log(message);
}

/** What `update` has seen. */
async function livePanel({ folder, facts }: ChosenModels): Promise<Panel> {
  if (folder === undefined || !facts) {
    throw new UsageError('usage/data', 'name what to go on from with --data FILE or a dataset');
  }
  const panel = await loadLiveState(folder);
  if (panel) return matchPanel(panel, facts);
  const message = `name what to go on from with --data FILE, or show the model its rows first: update --model ${folder} --data FILE`;
  throw new UsageError('usage/data', message);
}

/** One forecaster: several are averaged, and intervals corrected where that is wanted. */
async function together(chosen: ChosenModels, panel: Panel, { conformal = false }: ForecastFlags): Promise<Forecaster> {
  const { config, key } = chosen;
  const make = async (split: Parameters<ChosenModels['forecasters']>[0]) => {
    const members = await chosen.forecasters(split);
    return members.length === 1 ? members[0]! : createEnsemble(members);
  };
  const forecaster = await make(splitOfAll(panel));
  if (!conformal) return forecaster;
  const split = splitPanel(panel, config);
  return (await calibrated(forecaster, { wanted: true, split, config, key })).forecaster;
}

interface ForecastTable {
  readonly head: readonly string[];
  rowsOf(series: Series, forecast: Forecast): readonly (readonly (string | number)[])[];
}

function forecastTable({ targetNames, frequency }: Panel, levels: readonly number[]): ForecastTable {
  const several = targetNames.length > 1;
  return {
    head: ['id', ...(several ? ['target'] : []), 'time', 'mean', ...levels.map((level) => `q${level}`)],
    rowsOf(series, { mean, quantiles }) {
      const rows: (string | number)[][] = [];
      for (const [channel, values] of mean.entries()) {
        for (const [step, value] of values.entries()) {
          const time = formatTime(timeAt(series.start, series.length + step, frequency), frequency);
          const bounds = levels.map((_, level) => quantiles?.[channel]?.[level]?.[step] ?? Number.NaN);
          rows.push([series.id, ...(several ? [targetNames[channel]!] : []), time, value, ...bounds]);
        }
      }
      return rows;
    },
  };
}
