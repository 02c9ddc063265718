import { columns, type VerbContext } from '@unroll/cli';
import { UsageError } from '@unroll/core/errors';
import {
  createEnsemble,
  describeBacktest,
  splitPanel,
  type BacktestResult,
  type Forecaster,
  type RefittedForecaster,
  type SplitPanel,
} from '@unroll/forecasting';
import { runBacktest, type HeldOutPart } from '../backtests.js';
import { checkedBaselines } from '../baselines.js';
import { calibrated } from '../calibration.js';
import { chooseModels, seasonalityOf, type ChosenModels, type ModelFlags } from '../models.js';
import { loadPanel } from '../panels.js';
import { refittedNetwork } from '../refit.js';

interface EvaluateFlags extends ModelFlags {
  readonly origins?: number;
  readonly step?: number;
  readonly refit?: number;
  readonly baselines?: readonly string[];
  readonly split?: HeldOutPart;
  readonly units?: 'original' | 'standardised';
}

/** Backtests models beside the baselines, all from the same rolling origins. */
export async function evaluate(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: EvaluateFlags = context.flags;
  const baselines = checkedBaselines(flags.baselines);
  if (flags.data === undefined)
    throw new UsageError('usage/data', 'name what to score on with --data FILE or a dataset');
  const data = await context.openData(flags.data);
  const chosen = await chooseModels(context, data);
  const { config, facts, key } = chosen;
  const onProgress = (message: string): void => output.log(message);
  const { panel, bounds } = await loadPanel(data, config, { onProgress, facts });
  const split = splitPanel(panel, config, bounds);
  const seasonality = facts?.seasonality ?? seasonalityOf(config, panel);
  const forecasters = await candidates(chosen, split, flags);
  const { split: part = 'test', step, origins, refit, units } = flags;
  const quantiles = config.quantiles;
  const options = { split, config, seasonality, key, part, baselines, quantiles, step, origins, refit, units };
  const result = await runBacktest(forecasters, { ...options, onProgress });
  for (const forecaster of forecasters) if (!('fit' in forecaster)) forecaster.dispose?.();
  if (output.json) await output.object(jsonOf(result, chosen, data.name));
  else await output.write(textOf(result));
}

/** The one in question first: of several models their ensemble, and then each of them. */
async function candidates(
  chosen: ChosenModels,
  split: SplitPanel,
  { refit, conformal = false }: EvaluateFlags,
): Promise<readonly (Forecaster | RefittedForecaster)[]> {
  const { config, key, folder } = chosen;
  if (refit !== undefined && folder !== undefined) return [refittedNetwork(config, { key, refitEvery: refit })];
  const forecasters = await chosen.forecasters(split);
  const [only] = forecasters;
  if (forecasters.length > 1) return [createEnsemble(forecasters), ...numbered(forecasters)];
  if (refit !== undefined) {
    const fit = async (known: SplitPanel) => (await chosen.forecasters(known))[0]!;
    return [{ name: only!.name, refitEvery: refit, fit }];
  }
  return [(await calibrated(only!, { wanted: conformal, split, config, key })).forecaster];
}

/** Two runs of one kind of model are told apart by their number. */
function numbered(forecasters: readonly Forecaster[]): readonly Forecaster[] {
  return forecasters.map((forecaster, i) => {
    const same = forecasters.filter(({ name }) => name === forecaster.name).length;
    return same > 1 ? { ...forecaster, name: `${forecaster.name} ${i + 1}` } : forecaster;
  });
}

/** By score: the first forecaster's as `model`, each other's by its name. */
function jsonOf(result: BacktestResult, { names }: ChosenModels, data: string): object {
  const { horizon, step, origins, windows, units, part, seasonality, comparison, forecasters } = result;
  const [first] = forecasters;
  const scores = [...new Set(forecasters.flatMap(({ overall }) => Object.keys(overall)))];
  const by = <Value>(value: (i: number) => Value | undefined) =>
    Object.fromEntries(
      forecasters.flatMap(({ name }, i) => {
        const found = value(i);
        return found === undefined ? [] : [[i === 0 ? 'model' : name, found] as const];
      }),
    );
  return {
    model: names.length === 1 ? names[0] : names,
    name: first!.name,
    data,
    split: part,
    horizon,
    step,
    origins,
    windows,
    units,
    seasonality,
    metrics: Object.fromEntries(scores.map((score) => [score, by((i) => forecasters[i]!.overall[score])])),
    byStep: Object.fromEntries(
      Object.keys(first!.byStep).map((score) => [score, by((i) => forecasters[i]!.byStep[score])]),
    ),
    bySeries: first!.bySeries,
    comparison: comparison ?? null,
    verdict: comparison?.words ?? null,
  };
}

function textOf(result: BacktestResult): string {
  const { paragraphs, tables } = describeBacktest(result);
  const shown = tables.map(({ caption, head, rows }) => `${caption ?? ''}\n${columns([head, ...rows], 1)}`);
  return [`${paragraphs.join('\n\n')}\n`, ...shown].join('\n');
}
