import { TrainingError } from '../errors.js';
import { scheduleFactor } from '../optimizers/schedules.js';
import { deriveKey } from '../tensors/random.js';
import { groupBatches } from './batch-groups.js';
import { breathe } from './breathe.js';
import { disposeState } from './carried-state.js';
import type { EpochEvent, StepEvent, TrainingEvent } from './events.js';
import { finishRun, settleStep } from './milestones.js';
import {
  disposeRun,
  position,
  startedEvent,
  startRun,
  stopReason,
  type TrainingRun,
  type TrainOptions,
} from './run.js';
import type { Task } from './task.js';
import { trainStep } from './train-step.js';

/**
 * Trains a task: steps, evaluations and checkpoints as the configuration says, reported as plain events. The first
 * event is `started`, the last `stopped`. Leaving the loop early ends the run without a checkpoint.
 *
 *   for await (const event of train(task, { config, key: randomKey(1), clock: () => performance.now() })) …
 *
 * What belongs to a step (the end of its epoch, its evaluation, its checkpoint) happens before the next one, so that a
 * checkpoint says nothing but what comes next.
 *
 * @throws {TrainingError} `training/not-finite`, `training/empty-split`, `training/missing-batches`
 * @throws {CheckpointError} `checkpoint/mismatch` if `resumeFrom` was made for another model or optimizer
 */
export async function* train<Batch>(task: Task<Batch>, options: TrainOptions): AsyncGenerator<TrainingEvent, void> {
  const run = startRun(task, options);
  try {
    yield startedEvent(run);
    // A resumed run may have been interrupted between a step and its evaluation.
    yield* settleStep(run);
    while (stopReason(run) === undefined) yield* trainEpoch(run);
    yield* finishRun(run, stopReason(run)!);
  } finally {
    disposeRun(run);
  }
}

/** The steps from where the run stands to the end of its epoch, or to where it stops. */
async function* trainEpoch<Batch>(run: TrainingRun<Batch>): AsyncGenerator<TrainingEvent, void> {
  const { task, config, key, progress } = run;
  const { epoch } = progress;
  const { batchesPerEpoch } = task.train;
  const batches = task.train.batches(epoch, deriveKey(key, 'batches', epoch), progress.batch);
  const left = batchesPerEpoch - progress.batch;
  for await (const group of groupBatches(batches, { size: config.accumulationSteps, limit: left })) {
    yield takeStep(run, group);
    if (progress.batch >= batchesPerEpoch) yield endEpoch(run);
    yield* settleStep(run);
    if (stopReason(run) !== undefined || progress.epoch !== epoch) return;
    await breathe();
  }
  const message = `${task.name}: epoch ${epoch} ended after ${progress.batch} of ${batchesPerEpoch} batches`;
  throw new TrainingError('training/missing-batches', message);
}

/** One update from one group of batches. */
function takeStep<Batch>(run: TrainingRun<Batch>, batches: readonly Batch[]): StepEvent {
  const { task, config, progress, optimizer, totalSteps } = run;
  const { reductions } = progress.plateau;
  const factor = scheduleFactor(config.schedule, {
    step: progress.step,
    epoch: progress.epoch,
    totalSteps,
    reductions,
  });
  const learningRate = config.optimizer.learningRate * factor;
  const { activationBytes } = config;
  const step = progress.step + 1;
  const { state } = run;
  run.state = undefined;
  const key = deriveKey(run.key, 'step', step);
  const result = trainStep(task, optimizer, { batches, step, learningRate, key, activationBytes, state });
  run.state = result.state;
  progress.step = step;
  progress.batch += batches.length;
  progress.epochLoss.sum += result.lossSum;
  progress.epochLoss.count += result.count;
  const { lossSum, count, gradientNorm } = result;
  return { type: 'step', ...position(run), loss: lossSum / count, tokens: count, learningRate, gradientNorm };
}

/** Moves on to the next epoch, which starts without carried state. */
function endEpoch<Batch>(run: TrainingRun<Batch>): EpochEvent {
  const { progress } = run;
  const { sum, count } = progress.epochLoss;
  const event = { type: 'epoch', ...position(run), loss: sum / count, tokens: count } as const;
  progress.epoch += 1;
  progress.batch = 0;
  progress.epochLoss = { sum: 0, count: 0 };
  disposeState(run.state);
  run.state = undefined;
  return event;
}
