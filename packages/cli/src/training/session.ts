import {
  deriveKey,
  isUnrollError,
  randomKey,
  serializeModel,
  train,
  TrainingError,
  type CheckpointStore,
  type ReportSample,
  type StartedEvent,
  type StoppedEvent,
  type Task,
  type TrainingEvent,
} from '@unroll/core';
import type { LoadedCheckpoint, RunDirectory } from '@unroll/core/node';
import type { Preparation, RunConfig } from '../app.js';
import { EventFile } from '../event-file.js';
import type { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { RunProfiler } from './run-profiler.js';

/** The least time between two samples: drawing one must not slow training down. */
const sampleEveryMs = 20_000;

export interface SessionOptions {
  readonly prepared: Preparation;
  /** that of `prepared`, which has one to train */
  readonly task: Task<unknown>;
  readonly config: RunConfig;
  readonly directory: RunDirectory;
  readonly resumeFrom: LoadedCheckpoint | undefined;
  /** ends the run after the step at hand */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** of `--profile` */
  readonly profiler: RunProfiler | undefined;
}

export interface SessionResult {
  readonly started: StartedEvent;
  readonly stopped: StoppedEvent;
  readonly samples: readonly ReportSample[];
}

/**
 * Runs the trainer and passes its events on: to the log, the terminal, and TensorBoard.
 *
 * @throws {TrainingError} when the loss stops being a number, naming the checkpoint that is left
 */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const { prepared, task, config, directory, resumeFrom, signal, output, profiler } = options;
  const key = randomKey(config.seed);
  const progress = new Progress(output, () => performance.now(), prepared.units);
  const events = new EventFile(directory.path, Date.now());
  const samples: ReportSample[] = [];
  let sampledMs = performance.now();
  let started: StartedEvent | undefined;
  let stopped: StoppedEvent | undefined;
  let checkpoint: string | undefined = resumeFrom?.folder;
  const steps = train(profiler?.watchTask(task) ?? task, {
    config: config.training,
    key,
    store: storeOf(directory, prepared),
    ...(resumeFrom && { resumeFrom }),
    signal,
    clock: () => performance.now(),
  });
  try {
    for await (const event of profiler?.watchEvents(steps) ?? steps) {
      directory.log(event);
      progress.handle(event, prepared.shownScore);
      await events.add(event, Date.now());
      if (event.type === 'started') started = event;
      if (event.type === 'stopped') stopped = event;
      if (event.type === 'checkpoint') checkpoint = event.path;
      if (prepared.sample && isSampleDue(event, sampledMs)) {
        samples.push(await sampleAfter(event.step, { prepared, config }));
        sampledMs = performance.now();
      }
    }
  } catch (error) {
    progress.line('');
    throw withCheckpoint(error, checkpoint);
  }
  return { started: started!, stopped: stopped!, samples };
}

/** Checkpoints go to the run folder; the model file also says whose weights it holds. */
function storeOf(directory: RunDirectory, { metadata }: Preparation): CheckpointStore {
  return {
    saveCheckpoint: (checkpoint, keep) => directory.saveCheckpoint(checkpoint, keep),
    saveModel: (parameters) => directory.write('model.safetensors', serializeModel(parameters, metadata)),
  };
}

function isSampleDue(event: TrainingEvent, sampledMs: number): boolean {
  return event.type === 'evaluation' && performance.now() - sampledMs > sampleEveryMs;
}

/** A sample of the weights as they are; its randomness follows from the seed and the step. */
export async function sampleAfter(
  step: number,
  { prepared, config }: Pick<SessionOptions, 'prepared' | 'config'>,
): Promise<ReportSample> {
  const sample = await prepared.sample!(deriveKey(randomKey(config.seed), 'sample', step));
  return { ...sample, caption: `after ${step} steps, ${sample.caption}` };
}

function withCheckpoint(error: unknown, checkpoint: string | undefined): unknown {
  if (!isUnrollError(error) || error.code !== 'training/not-finite') return error;
  const kept = checkpoint === undefined ? 'no checkpoint had been made' : `the last good checkpoint is ${checkpoint}`;
  return new TrainingError(error.code, `${error.message.replace('unroll: ', '')}; ${kept}`, { cause: error });
}
