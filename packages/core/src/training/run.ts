import { ConfigError, TrainingError } from '../errors.js';
import { createOptimizer, type Optimizer } from '../optimizers/optimizer.js';
import type { RandomKey } from '../tensors/random.js';
import { modelVariables } from './buffers.js';
import { disposeState } from './carried-state.js';
import {
  assignArrays,
  checkArrays,
  initialProgress,
  toTensors,
  type Checkpoint,
  type CheckpointStore,
  type TrainingProgress,
} from './checkpoint.js';
import type { StartedEvent, StopReason } from './events.js';
import type { CarriedState, Task } from './task.js';
import type { TrainingConfig } from './training-config.js';

export interface TrainOptions {
  /** `parseConfig(trainingConfigSchema, …)` */
  readonly config: TrainingConfig;
  /** all randomness of the run follows from it and the step */
  readonly key: RandomKey;
  /** without one nothing is saved */
  readonly store?: CheckpointStore;
  /** goes on after this checkpoint, bit for bit as the run would have that made it */
  readonly resumeFrom?: Checkpoint;
  /** ends the run after the step at hand, with a checkpoint */
  readonly signal?: AbortSignal;
  /** milliseconds, for example `performance.now` */
  readonly clock: () => number;
}

/** Everything that changes while a task is trained. */
export interface TrainingRun<Batch> extends Omit<TrainOptions, 'resumeFrom'> {
  readonly task: Task<Batch>;
  readonly optimizer: Optimizer;
  readonly progress: TrainingProgress;
  /** updates of a whole epoch */
  readonly stepsPerEpoch: number;
  /** updates of the whole run, those before a resume included */
  readonly totalSteps: number;
  readonly startedMs: number;
  /** the step of the newest checkpoint; −1 = none */
  savedStep: number;
  /** carried to the next batch; undefined at the start of an epoch */
  state: CarriedState | undefined;
}

/** @throws {TrainingError | CheckpointError | ConfigError} if task, checkpoint and configuration do not fit together */
export function startRun<Batch>(task: Task<Batch>, { resumeFrom, ...options }: TrainOptions): TrainingRun<Batch> {
  const { config } = options;
  if (task.train.batchesPerEpoch < 1) {
    throw new TrainingError('training/empty-split', `${task.name}: the training split is too short for a single batch`);
  }
  if (config.activationBytes > 0 && !task.inPieces) {
    const message = `training.activationBytes: ${task.name} cannot walk a batch in pieces; leave it 0`;
    throw new ConfigError('config/activation-bytes', message);
  }
  const stepsPerEpoch = Math.ceil(task.train.batchesPerEpoch / config.accumulationSteps);
  const optimizer = createOptimizer(task.parameters, config);
  try {
    if (resumeFrom) restore(task, optimizer, resumeFrom);
  } catch (error) {
    optimizer.dispose();
    throw error;
  }
  const hasState = resumeFrom && Object.keys(resumeFrom.state).length > 0;
  return {
    ...options,
    task,
    optimizer,
    progress: resumeFrom ? structuredClone(resumeFrom.progress) : initialProgress(),
    stepsPerEpoch,
    totalSteps: Math.min(config.maxSteps || Infinity, config.epochs * stepsPerEpoch),
    startedMs: options.clock(),
    savedStep: resumeFrom ? resumeFrom.progress.step : -1,
    state: hasState ? toTensors(resumeFrom.state) : undefined,
  };
}

function restore<Batch>(task: Task<Batch>, optimizer: Optimizer, checkpoint: Checkpoint): void {
  // Both are looked at before anything is replaced.
  checkArrays(modelVariables(task), checkpoint.parameters, 'parameter');
  checkArrays(optimizer.slots, checkpoint.optimizer, 'optimizer moment');
  assignArrays(modelVariables(task), checkpoint.parameters);
  assignArrays(optimizer.slots, checkpoint.optimizer);
}

/** Frees what the run made; the task's parameters stay. */
export function disposeRun<Batch>(run: TrainingRun<Batch>): void {
  run.optimizer.dispose();
  disposeState(run.state);
}

/** What every event says about where and when it happened. */
export function position<Batch>(run: TrainingRun<Batch>): { step: number; epoch: number; elapsedMs: number } {
  const { step, epoch } = run.progress;
  return { step, epoch, elapsedMs: run.clock() - run.startedMs };
}

export function startedEvent<Batch>(run: TrainingRun<Batch>): StartedEvent {
  const { totalSteps, stepsPerEpoch, task } = run;
  const parameterCount = Object.values(task.parameters).reduce((sum, { size }) => sum + size, 0);
  return { type: 'started', ...position(run), totalSteps, stepsPerEpoch, parameterCount };
}

/** Why the run ends here, or `undefined` if it goes on. */
export function stopReason<Batch>({ config, progress, signal }: TrainingRun<Batch>): StopReason | undefined {
  const { patience } = config.earlyStopping;
  if (progress.epoch >= config.epochs) return 'completed';
  if (patience > 0 && progress.earlyStopping.evaluationsWithoutImprovement >= patience) return 'early-stopping';
  if (config.maxSteps > 0 && progress.step >= config.maxSteps) return 'max-steps';
  return signal?.aborted ? 'interrupted' : undefined;
}
