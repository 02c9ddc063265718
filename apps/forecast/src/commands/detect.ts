import type { VerbContext } from '@unroll/cli';
import { deriveKey } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import {
  createEnsemble,
  detectAnomalies,
  formatTime,
  splitPanel,
  timeAt,
  type Panel,
  type ScoredPoint,
  type Series,
  type SplitPanel,
} from '@unroll/forecasting';
import { calibrated } from '../calibration.js';
import { csvLine } from '../csv.js';
import { chooseModels, splitOfAll, type ModelFlags } from '../models.js';
import { loadPanel } from '../panels.js';
import { logTo } from './forecast.js';

interface DetectFlags extends ModelFlags {
  readonly interval?: number;
  readonly from?: 'all' | 'valid' | 'test';
  readonly ahead?: number;
  readonly all?: boolean;
  readonly out?: string;
}

/** Scores every known value by the interval that was forecast for it, and writes those outside. */
export async function detect(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: DetectFlags = context.flags;
  const { interval = 0.99, from = 'all', ahead = 1, all = false, conformal = false } = flags;
  if (flags.data === undefined) throw new UsageError('usage/data', 'name where to look with --data FILE or a dataset');
  const data = await context.openData(flags.data);
  const chosen = await chooseModels(context, data);
  const { panel, bounds } = await loadPanel(data, chosen.config, { onProgress: logTo(output), facts: chosen.facts });
  const needsParts = from !== 'all' || conformal;
  const split = needsParts ? splitPanel(panel, chosen.config, bounds) : splitOfAll(panel);
  const members = await chosen.forecasters(split);
  const whole = members.length === 1 ? members[0]! : createEnsemble(members);
  const quantiles = [(1 - interval) / 2, 0.5, (1 + interval) / 2];
  const { forecaster } = await calibrated(whole, {
    wanted: conformal,
    split,
    config: chosen.config,
    key: chosen.key,
    quantiles,
  });
  const found: object[] = [];
  const table = anomalyTable(panel);
  const counts = { points: 0, anomalies: 0 };
  const options = { stepsAhead: ahead, probability: interval };
  try {
    await context.writeResult({ path: output.json ? undefined : flags.out }, async (write) => {
      if (!output.json) await write(csvLine(table.head));
      for (const [start, series] of groupsByStart(split, from)) {
        const key = deriveKey(chosen.key, 'detect', start);
        for await (const point of detectAnomalies(forecaster, { ...options, series, from: start, key })) {
          counts.points++;
          if (point.isAnomaly) counts.anomalies++;
          if (!point.isAnomaly && !all) continue;
          if (output.json) found.push(table.objectOf(point));
          else await write(csvLine(table.rowOf(point)));
        }
      }
    });
  } finally {
    forecaster.dispose?.();
  }
  const names = chosen.names.length === 1 ? chosen.names[0] : chosen.names;
  if (output.json) await output.object({ model: names, data: data.name, interval, ahead, ...counts, found });
  output.log(`${counts.anomalies} of ${counts.points} points lie outside of their ${100 * interval} % intervals`);
}

/** Series that are looked at from the same step on. */
function groupsByStart(
  { panel, bounds }: SplitPanel,
  from: 'all' | 'valid' | 'test',
): ReadonlyMap<number, readonly Series[]> {
  const groups = new Map<number, Series[]>();
  for (const [i, series] of panel.series.entries()) {
    const { trainEnd, validEnd } = bounds[i]!;
    const start = Math.max(1, { all: 1, valid: trainEnd, test: validEnd }[from]);
    groups.set(start, [...(groups.get(start) ?? []), series]);
  }
  return groups;
}

function anomalyTable({ targetNames, frequency }: Panel) {
  const several = targetNames.length > 1;
  const time = ({ series, step }: ScoredPoint) => formatTime(timeAt(series.start, step, frequency), frequency);
  return {
    head: ['id', ...(several ? ['target'] : []), 'time', 'actual', 'expected', 'low', 'high', 'score', 'anomaly'],
    rowOf(point: ScoredPoint): readonly (string | number)[] {
      const { series, channel, actual, expected, lower, upper, score, isAnomaly } = point;
      const names = [series.id, ...(several ? [targetNames[channel]!] : []), time(point)];
      return [...names, actual, expected, lower, upper, Number.isFinite(score) ? score : 'inf', isAnomaly ? 1 : 0];
    },
    objectOf(point: ScoredPoint): object {
      const { series, channel, actual, expected, lower, upper, score, tailProbability, isAnomaly } = point;
      const target = targetNames[channel];
      return {
        id: series.id,
        target,
        time: time(point),
        actual,
        expected,
        low: lower,
        high: upper,
        score,
        tailProbability,
        isAnomaly,
      };
    },
  };
}
