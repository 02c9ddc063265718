import { readFile } from 'node:fs/promises';
import type { TrainingEvent } from '@unroll/core';

/** What one epoch of a run came to. */
export interface EpochPoint {
  /** from 1 */
  readonly epoch: number;
  readonly step: number;
  /** mean over the epoch, in the task's unit */
  readonly trainLoss: number;
  /** on the validation split at the end of the epoch; absent where there was no evaluation */
  readonly validLoss?: number;
}

/** The curve of a run and the time that its steps took, over all the sessions that it was interrupted into. */
export async function readTrainingLog(path: string): Promise<{ curve: readonly EpochPoint[]; trainSeconds: number }> {
  return digestTrainingLog(await readTrainingEvents(path));
}

/** A run's `log.jsonl`. */
export async function readTrainingEvents(path: string): Promise<readonly TrainingEvent[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as TrainingEvent);
}

export function digestTrainingLog(events: readonly TrainingEvent[]) {
  const validLosses = new Map(
    events.flatMap((event) => (event.type === 'evaluation' ? [[event.step, event.scores.loss]] : [])),
  );
  const curve = events.flatMap((event): EpochPoint[] => {
    if (event.type !== 'epoch') return [];
    const validLoss = validLosses.get(event.step);
    const point = { epoch: event.epoch + 1, step: event.step, trainLoss: event.loss };
    return [{ ...point, ...(validLoss !== undefined && { validLoss }) }];
  });
  return { curve, trainSeconds: elapsedMs(events) / 1000 };
}

/** Each session begins with `started` and counts its milliseconds from there. */
function elapsedMs(events: readonly TrainingEvent[]): number {
  return events.reduce((sum, event, i) => {
    const next = events[i + 1];
    return next === undefined || next.type === 'started' ? sum + event.elapsedMs : sum;
  }, 0);
}
