import { randomKey, train, type Task, type TrainingConfig, type TrainingEvent } from '@unroll/core';
import type { Ran } from '../../harness/protocol.js';
import type { Repetitions } from './session.js';

/** A trainer that takes so many steps as it is asked for. */
export class Training {
  readonly #events: AsyncIterator<TrainingEvent>;

  constructor(task: Task<unknown>, config: TrainingConfig, seed: number) {
    const events = train(task, { config, key: randomKey(seed), clock: () => performance.now() });
    this.#events = events[Symbol.asyncIterator]();
  }

  /** Each step is timed as the trainer's user sees it: from asking for the next event to having it. */
  async run({ count, budgetMs }: Repetitions): Promise<Ran> {
    const ms: number[] = [];
    let lossNats = Number.NaN;
    let begin = performance.now();
    const deadline = begin + budgetMs;
    while (ms.length === 0 || (ms.length < count && begin < deadline)) {
      const { value } = (await this.#events.next()) as IteratorYieldResult<TrainingEvent>;
      if (value.type !== 'step') continue;
      const now = performance.now();
      ms.push(now - begin);
      begin = now;
      lossNats = value.loss;
    }
    return { ms, lossNats };
  }
}
