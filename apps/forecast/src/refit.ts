import { assignArrays, deriveKey, train, type CheckpointStore, type NamedArrays, type RandomKey } from '@unroll/core';
import {
  collectPanelFacts,
  createForecastingTask,
  createForecastModel,
  networkForecaster,
  type ForecastingConfig,
  type RefittedForecaster,
} from '@unroll/forecasting';

/** A network that is trained again, from new weights, on what is known at the first of every `refitEvery` origins. */
export function refittedNetwork(
  config: ForecastingConfig,
  { key, refitEvery }: { readonly key: RandomKey; readonly refitEvery: number },
): RefittedForecaster {
  const { name } = config.model;
  return {
    name,
    refitEvery,
    async fit(split) {
      const facts = collectPanelFacts(split, config);
      const model = createForecastModel({ config, facts, key: deriveKey(key, 'weights') });
      const task = createForecastingTask({ config, model, facts, split });
      const best = new BestWeights();
      const events = train(task, { config: config.training, key, store: best, clock: () => performance.now() });
      for await (const event of events) if (event.type === 'stopped') break;
      if (best.arrays) assignArrays(model.parameters, best.arrays);
      return networkForecaster({ name, model, facts, config });
    },
  };
}

/** What a run folder would keep as its model, in memory. */
class BestWeights implements CheckpointStore {
  arrays: NamedArrays | undefined;

  saveCheckpoint(): Promise<string> {
    return Promise.resolve('memory');
  }

  saveModel(parameters: NamedArrays): Promise<void> {
    this.arrays = parameters;
    return Promise.resolve();
  }
}
