import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { serializeModel, type Task } from '@unroll/core';
import { openRunDirectory, type RunDirectory } from '@unroll/core/node';
import type { Preparation, VerbContext } from '../app.js';
import { openRunData } from '../data.js';
import { startEngine, type Engine } from '../engine.js';
import { Interrupted } from '../exit-codes.js';
import { profileSteps, type TrainFlags } from '../flags.js';
import type { Output } from '../output.js';
import { StopRequest } from '../signals.js';
import { concludeRun, reportRun } from '../training/conclusion.js';
import { planTraining, type TrainPlan } from '../training/plan.js';
import { requireSameData, runRecordName, type RunRecord } from '../training/run-record.js';
import type { RunProfiler } from '../training/run-profiler.js';
import { runSession, type SessionResult } from '../training/session.js';

/**
 * Learns a model from data into a run folder, or goes on with an interrupted run:
 * plan → engine → data and model → trainer → scores of the best weights → report.
 */
export async function train(context: VerbContext): Promise<void> {
  const { app, output } = context;
  const flags: TrainFlags = context.flags;
  const task = await app.task();
  const plan = await planTraining(task, flags, {
    own: app.trainFlags ?? [],
    paired: app.pairedFiles ?? false,
    nowMs: Date.now(),
  });
  const engine = await startEngine(plan.engine, output);
  const data = await openRunData({ ...plan.names, taskName: task.name, trees: app.fileTrees ?? false }, output);
  const isNew = !existsSync(plan.folder);
  const directory = await openRunDirectory(plan.folder, {
    config: plan.config,
    ...(plan.resume && { resumeFrom: plan.resume.from }),
  });
  try {
    const onProgress = (message: string): void => output.log(message);
    const prepared = await task.prepare(plan.config, { data, onProgress }).catch(async (error: unknown) => {
      // Bad data must not leave an empty run behind.
      if (isNew) await rm(plan.folder, { recursive: true, force: true });
      throw error;
    });
    const title = `${task.name} on ${data.name}`;
    const profiler = await startProfiler(flags, { engine, directory, title });
    await carryOut(context, { plan, engine, prepared, directory, title, taskName: task.name, profiler });
  } finally {
    directory.close();
  }
}

/** A run that is ready to start. */
export interface ReadyRun {
  readonly plan: TrainPlan;
  readonly engine: Engine;
  readonly prepared: Preparation;
  readonly directory: RunDirectory;
  readonly title: string;
  readonly taskName: string;
  /** of `--profile` */
  readonly profiler: RunProfiler | undefined;
}

/** Its code is loaded only where it was asked for. */
async function startProfiler(
  { profile }: TrainFlags,
  run: Pick<ReadyRun, 'engine' | 'directory' | 'title'>,
): Promise<RunProfiler | undefined> {
  if (profile === undefined) return undefined;
  const { RunProfiler } = await import('../training/run-profiler.js');
  return new RunProfiler({ ...run, steps: profile === true ? profileSteps : profile });
}

async function carryOut(context: VerbContext, run: ReadyRun): Promise<void> {
  const { plan, engine, prepared, directory } = run;
  const { output } = context;
  await writeRecord(run);
  for (const line of [prepared.summary, engine.description, `run folder: ${directory.path}`]) output.log(line);
  const { task } = prepared;
  const result = task === undefined ? await withoutTraining(run) : await trainUntilStopped(run, task, output);
  const interrupted = result.stopped.reason === 'interrupted';
  const conclusion = await concludeRun(run, result, { output, state: interrupted ? 'interrupted' : 'finished' });
  await reportRun(context, run, conclusion);
  if (interrupted) {
    const again = `${context.app.name} train --resume ${plan.folder}`;
    throw new Interrupted(
      result.signal ?? 'SIGINT',
      `stopped after step ${result.stopped.step} and saved it; go on with: ${again}`,
    );
  }
}

interface StoppableResult extends SessionResult {
  readonly signal: NodeJS.Signals | undefined;
}

/** A model that learns nothing has a file of weights like any other, without a weight. */
async function withoutTraining({ prepared, directory }: ReadyRun): Promise<StoppableResult> {
  await directory.write('model.safetensors', serializeModel({}, prepared.metadata));
  const nothing = { step: 0, epoch: 0, elapsedMs: 0 };
  return {
    started: { type: 'started', ...nothing, totalSteps: 0, stepsPerEpoch: 0, parameterCount: 0 },
    stopped: { type: 'stopped', ...nothing, reason: 'completed' },
    samples: [],
    signal: undefined,
  };
}

async function trainUntilStopped(
  { plan, prepared, directory, profiler }: ReadyRun,
  task: Task<unknown>,
  output: Output,
): Promise<StoppableResult> {
  const stop = new StopRequest(() => output.warn('\nstopping after this step; once more to stop at once'));
  try {
    const resumeFrom = plan.resume?.from;
    const result = await runSession({
      prepared,
      task,
      config: plan.config,
      directory,
      resumeFrom,
      signal: stop.signal,
      output,
      profiler,
    });
    return { ...result, signal: stop.received };
  } finally {
    stop.release();
  }
}

async function writeRecord({ plan, engine, prepared, directory, taskName }: ReadyRun): Promise<void> {
  const { name, precision, threads } = engine;
  const record: RunRecord = {
    task: taskName,
    ...plan.names,
    valid: plan.names.valid ?? null,
    test: plan.names.test ?? null,
    dataFacts: { ...prepared.dataFacts },
    engine: { name, precision, threads },
  };
  if (plan.resume) requireSameData(plan.resume.record, record, plan.folder);
  await directory.write(runRecordName, `${JSON.stringify(record, null, 2)}\n`);
  for (const [artifact, content] of Object.entries(prepared.artifacts)) await directory.write(artifact, content);
}
