import { DataError, type Task } from '@unroll/core';
import { createWindowSource } from './batches.js';
import type { ForecastingConfig } from './config.js';
import { findLikelihood } from './likelihoods/find-likelihood.js';
import type { ForecastModel, PanelFacts, SplitPanel, WindowBatch } from './types.js';

export interface ForecastingTaskOptions {
  readonly config: ForecastingConfig;
  readonly model: ForecastModel;
  readonly facts: PanelFacts;
  readonly split: SplitPanel;
}

/**
 * Read first: what the trainer needs to know of forecasting.
 *
 *   CSV ─ records.ts ─► panel ─ examples.ts ─► split panel, facts ─ batches.ts ─► windows
 *     ─ model.ts ─► forecasts or parameters of a distribution ─ loss.ts ─► { sum, count } ─► trainer
 *     └─ decode.ts ─► forecasts in the data's units     metrics.ts, backtest.ts ─► scores
 *
 * Windows of validation are those whose horizon lies in it; a score to report comes from a backtest.
 *
 * @throws {DataError} `data/likelihood` for values that the model's likelihood cannot explain
 */
export function createForecastingTask({ config, model, facts, split }: ForecastingTaskOptions): Task<WindowBatch> {
  checkLikelihood(config, split);
  const valid = createWindowSource({ split, part: 'valid', facts, config });
  return {
    name: 'forecasting',
    parameters: model.parameters,
    train: createWindowSource({ split, part: 'train', facts, config }),
    ...(valid.batchesPerEpoch > 0 && { valid }),
    loss: (batch, context) => model.loss(batch, context),
    lossDivisor: (_batch, count) => count,
    scores: (lossSum, count) => ({ lossNats: lossSum / count, count }),
    bestScore: { name: 'lossNats', better: 'lower' },
  };
}

/** Negative values, and fractions, are told before an epoch has been spent on them. */
function checkLikelihood({ model }: ForecastingConfig, { panel }: SplitPanel): void {
  if (model.name !== 'deepar') return;
  const { support } = findLikelihood(model.likelihood);
  if (support === 'real') return;
  const isPossible = (value: number) => Number.isNaN(value) || (value >= 0 && (support !== 'count' || value % 1 === 0));
  for (const { id, targets } of panel.series) {
    for (const [channel, values] of targets.entries()) {
      const step = values.findIndex((value) => !isPossible(value));
      if (step < 0) continue;
      const where = `${panel.name}: ${id === '' ? '' : `series "${id}", `}column "${panel.targetNames[channel]}", step ${step + 1}`;
      const wanted = support === 'count' ? 'counts: whole numbers of at least 0' : 'values of at least 0';
      throw new DataError(
        'data/likelihood',
        `${where} is ${values[step]}, but the likelihood "${model.likelihood}" is for ${wanted}; use student-t or gaussian`,
      );
    }
  }
}
