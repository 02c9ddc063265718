import type { RandomKey } from '@unroll/core';
import type { ForecastingConfig, ModelConfigOf, ModelName } from '../config.js';
import type { PanelFacts } from '../types.js';

/** What every model is made from. */
export interface ModelOptions<Name extends ModelName> {
  /** `config.model`, known to be of this name */
  readonly model: ModelConfigOf<Name>;
  readonly config: ForecastingConfig;
  readonly facts: PanelFacts;
  /** steps that it reads */
  readonly contextLength: number;
  /** of the first values */
  readonly key: RandomKey;
}
