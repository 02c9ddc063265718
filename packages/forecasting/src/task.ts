import { DataError, type Task } from '@unroll/core';
import { createWindowSource } from './batches.js';
import type { ForecastingConfig, ModelConfig } from './config.js';
import { findLikelihood } from './likelihoods/find-likelihood.js';
import { needsPositive } from './models/esrnn-rows.js';
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
 * @throws {DataError} `data/likelihood` for values that the model's likelihood cannot explain, `data/not-positive` for ES-RNN
 */
export function createForecastingTask({ config, model, facts, split }: ForecastingTaskOptions): Task<WindowBatch> {
  checkValues(config, split);
  const valid = createWindowSource({ split, part: 'valid', facts, config });
  return {
    name: 'forecasting',
    parameters: model.parameters,
    train: createWindowSource({ split, part: 'train', facts, config }),
    ...(valid.batchesPerEpoch > 0 && { valid }),
    loss: (batch, context) => model.loss(batch, context),
    lossDivisor: (_batch, count) => count,
    scores: (lossSum, count) => ({ loss: lossSum / count, count }),
    bestScore: { name: 'loss', better: 'lower' },
  };
}

/** What a model cannot learn from is told before an epoch has been spent on it. */
function checkValues({ model }: ForecastingConfig, { panel }: SplitPanel): void {
  const rule = valueRule(model);
  if (!rule) return;
  for (const { id, targets } of panel.series) {
    for (const [channel, values] of targets.entries()) {
      const step = values.findIndex((value) => !Number.isNaN(value) && !rule.allows(value));
      if (step < 0) continue;
      const where = `${panel.name}: ${id === '' ? '' : `series "${id}", `}column "${panel.targetNames[channel]}", step ${step + 1}`;
      throw new DataError(rule.code, `${where} is ${values[step]}, ${rule.but}`);
    }
  }
}

/** Which values a model takes, and what to say of others; undefined where it takes all. */
function valueRule(
  model: ModelConfig,
): { readonly code: string; readonly but: string; readonly allows: (value: number) => boolean } | undefined {
  if (model.name === 'esrnn') {
    return { code: 'data/not-positive', but: `but ${needsPositive}`, allows: (value) => value > 0 };
  }
  if (model.name !== 'deepar') return undefined;
  const { support } = findLikelihood(model.likelihood);
  if (support === 'real') return undefined;
  const wanted = support === 'count' ? 'counts: whole numbers of at least 0' : 'values of at least 0';
  return {
    code: 'data/likelihood',
    but: `but the likelihood "${model.likelihood}" is for ${wanted}; use student-t or gaussian`,
    allows: (value) => value >= 0 && (support !== 'count' || value % 1 === 0),
  };
}
