import { isUnrollError, parseConfig, randomKey, train, trainingConfigSchema } from '@unroll/core';
import { findCheckpoint, openRunDirectory, type LoadedCheckpoint } from '@unroll/core/node';

import { createTinyTask, disposeTask } from './tiny-task.js';

interface TrainInFolderOptions {
  readonly folder: string;
  readonly steps: number;
  readonly resume: boolean;
  readonly onStarted?: () => void;
}

/** Trains the tiny task with moments, state and a plateau schedule, saving and logging all the time. */
export async function trainAndLog({ folder, steps, resume, onStarted }: TrainInFolderOptions): Promise<void> {
  const input = {
    training: {
      epochs: 1000,
      maxSteps: steps,
      optimizer: { name: 'adam', learningRate: 0.02 },
      schedule: { name: 'plateau', factor: 0.9, patience: 1 },
      accumulationSteps: 2,
      clipNorm: 1,
      evaluateEverySteps: 7,
      checkpointEverySteps: 3,
    },
  } as const;
  const config = parseConfig(trainingConfigSchema, input.training);
  const resumeFrom = resume ? await newest(folder) : undefined;
  const run = await openRunDirectory(folder, { config: input, ...(resumeFrom && { resumeFrom }) });
  const task = createTinyTask();
  const options = { config, key: randomKey(4), store: run, clock: () => performance.now() };
  for await (const event of train(task, { ...options, ...(resumeFrom && { resumeFrom }) })) {
    run.log(event);
    if (event.type === 'started') onStarted?.();
  }
  disposeTask(task);
  run.close();
}

async function newest(folder: string): Promise<LoadedCheckpoint | undefined> {
  try {
    return await findCheckpoint(folder);
  } catch (error) {
    // Killed before the first checkpoint: the run begins again.
    if (isUnrollError(error) && error.code === 'checkpoint/missing') return undefined;
    throw error;
  }
}
