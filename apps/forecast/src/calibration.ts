import { CheckpointError, deriveKey, type RandomKey } from '@unroll/core';
import {
  calibrate,
  collectConformityScores,
  conformalForecaster,
  type ConformalCalibration,
  type Forecaster,
  type ForecastingConfig,
  type SplitPanel,
} from '@unroll/forecasting';
import { z } from 'zod';

/** How far the intervals of a run are widened, beside its weights. */
export const conformalFile = 'conformal.json';

const calibrationSchema: z.ZodType<ConformalCalibration> = z.strictObject({
  levels: z.array(z.number().gt(0).lt(1)).max(1000),
  windows: z.int().min(0),
  horizon: z.int().min(1),
  widening: z.array(z.array(z.array(z.number()).min(1))),
});

interface CalibratedOptions {
  readonly wanted: boolean;
  readonly split: SplitPanel;
  readonly config: ForecastingConfig;
  readonly key: RandomKey;
  readonly quantiles?: readonly number[];
}

/** The forecaster with intervals that held on the validation part, if that is wanted. */
export async function calibrated(
  forecaster: Forecaster,
  { wanted, split, config, key, quantiles = config.quantiles }: CalibratedOptions,
): Promise<{ readonly forecaster: Forecaster; readonly calibration?: ConformalCalibration }> {
  if (!wanted) return { forecaster };
  const { horizon } = config;
  const scores = await collectConformityScores(forecaster, {
    split,
    horizon,
    levels: quantiles,
    key: deriveKey(key, 'conformal'),
  });
  const calibration = calibrate(scores);
  return { forecaster: conformalForecaster(forecaster, calibration), calibration };
}

export function serializeCalibration(calibration: ConformalCalibration): string {
  return `${JSON.stringify(calibration)}\n`;
}

/** @throws {CheckpointError} `checkpoint/damaged` */
export function parseCalibration(text: string, path: string): ConformalCalibration {
  try {
    return calibrationSchema.parse(JSON.parse(text));
  } catch (error) {
    const message = `${path} is no calibration of intervals; use the file that the run wrote`;
    throw new CheckpointError('checkpoint/damaged', message, { cause: error });
  }
}
