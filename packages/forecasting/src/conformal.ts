import { DataError, deriveKey, type RandomKey } from '@unroll/core';
import { bandsOf, boundsAt, conformalQuantile, conformityScore, scoreUnit } from './evaluation/conformity.js';
import { planOrigins } from './evaluation/origins.js';
import { pairedForecasts } from './evaluation/paired-forecasts.js';
import { rollingForecasts } from './evaluation/rolling.js';
import { calibratedLevels, widenForecast } from './evaluation/widening.js';
import type { Forecaster, SplitPanel } from './types.js';

export interface CalibrationOptions {
  readonly split: SplitPanel;
  /** valid unless set: not the part that is reported, nor the one that the forecaster learnt from */
  readonly part?: 'valid' | 'test';
  readonly horizon: number;
  /** ascending */
  readonly levels: readonly number[];
  /** of all series together, about: origins are as far apart as that takes; 1000 unless set */
  readonly windows?: number;
  readonly key: RandomKey;
  readonly signal?: AbortSignal;
}

/** By how much each interval is to be widened on both sides, as plain data to be saved with a model. */
export interface ConformalCalibration {
  /** ascending */
  readonly levels: readonly number[];
  /** windows that it was measured on */
  readonly windows: number;
  readonly horizon: number;
  /** `[band][channel][step]` in the order of `bandsOf(levels)`, in each series' unit (`scoreUnit`); negative = narrower */
  readonly widening: readonly (readonly (readonly number[])[])[];
}

/** Residuals of a forecaster beyond its own bounds. */
export interface ConformityScores {
  readonly levels: readonly number[];
  readonly horizon: number;
  readonly windows: number;
  /** `[band][channel][step]`: in the order of time, in each series' unit */
  readonly scores: readonly (readonly (readonly number[][])[])[];
}

/**
 * Forecasts the validation part from rolling origins and keeps how far what came lay outside of each interval.
 *
 * @throws {DataError} `data/part-too-short` if the part is shorter than the horizon, `data/no-residuals` if nothing there is known
 */
export async function collectConformityScores(
  forecaster: Forecaster,
  { split, part = 'valid', horizon, windows = 1000, key, signal, ...options }: CalibrationOptions,
): Promise<ConformityScores> {
  // 1 − 0.9 is not 0.1, and a network must not refuse it as a level that it never learnt
  const levels = options.levels.map((level) => Number(level.toFixed(9)));
  const bands = bandsOf(levels);
  const channels = split.panel.targetNames.length;
  const origins = { part, horizon, count: Infinity, rule: 'inside' } as const;
  const all = planOrigins(split, { ...origins, step: 1 });
  const step = Math.max(1, Math.round(all.windows / windows));
  const plan = planOrigins(split, { ...origins, step });
  const scores = bands.map(() =>
    Array.from({ length: channels }, () => Array.from({ length: horizon }, (): number[] => [])),
  );
  const rolling = { split, plan, horizon, quantiles: levels, samples: 0, key: deriveKey(key, 'conformal'), signal };
  for await (const { request, forecast } of rollingForecasts(forecaster, rolling)) {
    for (const [channel, values] of request.series.targets.entries()) {
      const unit = scoreUnit(request.series, channel, request.origin);
      for (let ahead = 0; ahead < horizon; ahead++) {
        const bound = boundsAt(forecast, channel, ahead);
        bands.forEach((band, b) => {
          const score = conformityScore(band, bound, values[request.origin + ahead]!) / unit;
          if (!Number.isNaN(score)) scores[b]![channel]![ahead]!.push(score);
        });
      }
    }
  }
  if (bands.length > 0 && scores.flat(2).every(({ length }) => length === 0)) {
    const message =
      `${split.panel.name}: no value of the ${part} part is known, so that ${forecaster.name} cannot be calibrated; ` +
      `lengthen it (split.${part}), or leave --conformal out`;
    throw new DataError('data/no-residuals', message);
  }
  return { levels, horizon, windows: plan.windows, scores };
}

/**
 * Split-conformal calibration: the quantile of the conformity scores that makes each interval hold as often as it says, by
 * channel and step ahead. Where these are few the scores of all steps are taken together, and then those of all channels.
 *
 * For exchangeable windows the interval then covers with at least its probability. Windows that overlap in time, or come
 * before a change, are not exchangeable; a backtest says how well it held, `adaptiveForecaster` follows changes.
 *
 * @see Romano, Patterson & Candès 2019, "Conformalized quantile regression"; for points Lei et al. 2018
 */
export function calibrate({ levels, horizon, windows, scores }: ConformityScores): ConformalCalibration {
  const widening = bandsOf(levels).map(({ probability }, band) => {
    const enough = Math.max(30, 2 / (1 - probability));
    const byStep = scores[band]!;
    return byStep.map((steps) => {
      const wider = lazily(() => {
        const ofChannel = steps.flat();
        return quantileOf(ofChannel.length >= enough ? ofChannel : byStep.flat(2), probability);
      });
      return steps.map((own) => (own.length >= enough ? quantileOf(own, probability) : wider()));
    });
  });
  return { levels, horizon, windows, widening };
}

/**
 * A forecaster whose intervals were widened or narrowed by a calibration; steps beyond its horizon as its last one. Of
 * quantiles it gives those that were calibrated, and ½: the forecaster's own, or its mean if it gives points. Sample paths
 * are left out, since they would contradict the intervals.
 *
 * @throws {ConfigError} `config/quantiles` for a level that was not calibrated
 */
export function conformalForecaster(forecaster: Forecaster, calibration: ConformalCalibration): Forecaster {
  return {
    name: forecaster.name,
    longestHorizon: forecaster.longestHorizon,
    async *forecast(requests, options) {
      const wanted = calibratedLevels(calibration.levels, options.quantiles);
      const inner = { ...options, quantiles: wanted.levels, samples: 0 };
      for await (const { request, forecast } of pairedForecasts(forecaster, requests, inner)) {
        yield widenForecast(forecast, wanted, ({ band, channel, step }) => {
          const steps = calibration.widening[band]![channel]!;
          const widening = steps[Math.min(step, steps.length - 1)]!;
          return widening * scoreUnit(request.series, channel, request.origin);
        });
      }
    },
    dispose: () => forecaster.dispose?.(),
  };
}

/** @param scores - in any order */
function quantileOf(scores: readonly number[], probability: number): number {
  return scores.length === 0 ? 0 : conformalQuantile(Float64Array.from(scores).sort(), probability);
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
