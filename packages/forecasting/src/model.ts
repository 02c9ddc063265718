import { ConfigError, type RandomKey } from '@unroll/core';
import type { ForecastingConfig } from './config.js';
import { contextLengthOf } from './examples.js';
import { createDeepAr } from './models/deepar.js';
import { createEsrnn } from './models/esrnn.js';
import { createDLinear, createNLinear } from './models/linear.js';
import { createLstNet } from './models/lstnet.js';
import { createSegRnn } from './models/segrnn.js';
import { createMqRnn } from './models/mqrnn.js';
import { createSeq2Seq } from './models/seq2seq.js';
import type { ForecastModel, PanelFacts } from './types.js';

export interface ForecastModelOptions {
  readonly config: ForecastingConfig;
  readonly facts: PanelFacts;
  /** of the first values */
  readonly key: RandomKey;
}

/**
 * The model of `config.model` with new weights.
 *
 * @throws {ConfigError} `config/model` for a baseline, which has no weights, and what each model's own file names
 */
export function createForecastModel({ config, facts, key }: ForecastModelOptions): ForecastModel {
  const { model } = config;
  const contextLength = contextLengthOf(config, facts.seasonality);
  const options = { config, facts, contextLength, key };
  switch (model.name) {
    case 'deepar':
      return createDeepAr({ ...options, model });
    case 'segrnn':
      return createSegRnn({ ...options, model });
    case 'lstnet':
      return createLstNet({ ...options, model });
    case 'nlinear':
      return createNLinear({ ...options, model });
    case 'dlinear':
      return createDLinear({ ...options, model });
    case 'esrnn':
      return createEsrnn({ ...options, model });
    case 'mqrnn':
      return createMqRnn({ ...options, model });
    case 'seq2seq':
      return createSeq2Seq({ ...options, model });
    case 'naive':
    case 'seasonal-naive':
    case 'naive2':
    case 'drift':
    case 'moving-average':
    case 'theta':
    case 'ets':
    case 'linear-autoregression':
      throw new ConfigError('config/model', `"${model.name}" is no network; it needs no training`);
  }
}
