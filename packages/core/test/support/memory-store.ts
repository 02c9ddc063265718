import type { Checkpoint, CheckpointStore, NamedArrays, TrainingEvent } from '@unroll/core';

/** Keeps every checkpoint, to look at it later. */
export class MemoryStore implements CheckpointStore {
  readonly checkpoints: Checkpoint[] = [];
  readonly models: NamedArrays[] = [];

  async saveCheckpoint(checkpoint: Checkpoint): Promise<string> {
    this.checkpoints.push(checkpoint);
    return `memory:${checkpoint.progress.step}`;
  }

  async saveModel(parameters: NamedArrays): Promise<void> {
    this.models.push(parameters);
  }

  at(step: number): Checkpoint {
    const checkpoint = this.checkpoints.find(({ progress }) => progress.step === step);
    if (!checkpoint) throw new Error(`no checkpoint at step ${step}`);
    return checkpoint;
  }
}

/** All events of a run, without the times, which differ from run to run. */
export async function collect(events: AsyncIterable<TrainingEvent>): Promise<TrainingEvent[]> {
  const all: TrainingEvent[] = [];
  for await (const event of events) all.push({ ...event, elapsedMs: 0 });
  return all;
}

export function ofType<Type extends TrainingEvent['type']>(
  events: readonly TrainingEvent[],
  type: Type,
): Extract<TrainingEvent, { type: Type }>[] {
  return events.filter((event) => event.type === type) as Extract<TrainingEvent, { type: Type }>[];
}
