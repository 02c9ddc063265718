import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CheckpointError, UsageError } from '@unroll/core/errors';
import { findCheckpoint, type LoadedCheckpoint } from '@unroll/core/node';
import type { AppTask, Flag, RunConfig } from '../app.js';
import { datasetSettings } from '../data.js';
import { flagSettings, type EngineFlags, type TrainFlags } from '../flags.js';
import { readRunRecord, type RunRecord } from './run-record.js';

/** What a `train` command is going to do, before anything is started or written. */
export interface TrainPlan {
  readonly folder: string;
  readonly config: RunConfig;
  readonly data: string;
  readonly valid: string | undefined;
  readonly test: string | undefined;
  readonly engine: EngineFlags;
  /** of a run that goes on */
  readonly resume: { readonly from: LoadedCheckpoint; readonly record: RunRecord } | undefined;
}

export interface PlanOptions {
  /** shorthands of settings that only this app has */
  readonly own: readonly Flag[];
  readonly nowMs: number;
}

/** @throws {UsageError | ConfigError | CheckpointError} */
export async function planTraining(task: AppTask, flags: TrainFlags, options: PlanOptions): Promise<TrainPlan> {
  return flags.resume === undefined
    ? planNewRun(task, flags, options)
    : planResume(task, { ...flags, resume: flags.resume }, options);
}

async function planNewRun(task: AppTask, flags: TrainFlags, { own, nowMs }: PlanOptions): Promise<TrainPlan> {
  const { data = '', valid, test, preset, set = [], out, engine, precision, threads } = flags;
  const shorthands = flagSettings(own, { ...flags });
  const settings = [
    ...shorthands,
    ...set,
    ...limitSettings(flags),
    ...(flags.seed === undefined ? [] : [`seed=${flags.seed}`]),
  ];
  const defaults = await datasetSettings(data, task.name);
  return {
    folder: out ?? defaultFolder(data, nowMs),
    config: task.configure({ ...(preset !== undefined && { preset }), defaults, settings }),
    data: lastingName(data),
    valid: valid === undefined ? undefined : lastingName(valid),
    test: test === undefined ? undefined : lastingName(test),
    engine: { ...(engine && { engine }), ...(precision && { precision }), ...(threads !== undefined && { threads }) },
    resume: undefined,
  };
}

async function planResume(
  task: AppTask,
  flags: TrainFlags & { readonly resume: string },
  { own }: PlanOptions,
): Promise<TrainPlan> {
  const { resume: path } = flags;
  const [setting] = flagSettings(own, { ...flags });
  if (setting !== undefined) {
    const message = `${setting} cannot be set with --resume; the run goes on as it was begun`;
    throw new UsageError('usage/resume', message);
  }
  const fixed = (['preset', 'set', 'seed', 'out'] as const).find((name) => flags[name] !== undefined);
  if (fixed !== undefined) {
    throw new UsageError('usage/resume', `--${fixed} cannot be changed with --resume; the run goes on as it was begun`);
  }
  const from = await findCheckpoint(path);
  const folder = dirname(dirname(resolve(from.folder)));
  const record = await readRunRecord(folder);
  if (record.task !== task.name) {
    throw new CheckpointError(
      'checkpoint/mismatch',
      `${path} is a run of ${record.task}, not of ${task.name}; use the command of that task`,
    );
  }
  const saved = task.parseConfig(from.config);
  const { engine = record.engine.name, precision = record.engine.precision, threads = record.engine.threads } = flags;
  return {
    folder: existsSync(join(path, 'manifest.json')) ? folder : path,
    config: task.parseConfig({ ...saved, training: { ...saved.training, ...limits(flags) } }),
    data: flags.data === undefined ? record.data : lastingName(flags.data),
    valid: flags.valid === undefined ? (record.valid ?? undefined) : lastingName(flags.valid),
    test: flags.test === undefined ? (record.test ?? undefined) : lastingName(flags.test),
    engine: { engine, precision, threads },
    resume: { from, record },
  };
}

function limits({ epochs, maxSteps }: TrainFlags): { readonly epochs?: number; readonly maxSteps?: number } {
  return { ...(epochs !== undefined && { epochs }), ...(maxSteps !== undefined && { maxSteps }) };
}

function limitSettings(flags: TrainFlags): string[] {
  return Object.entries(limits(flags)).map(([name, value]) => `training.${name}=${value}`);
}

/** A path that still leads to the file when the run is resumed from another folder. */
function lastingName(data: string): string {
  return data !== '-' && existsSync(data) ? resolve(data) : data;
}

/** `runs/moby-dick-20300102-030405` */
function defaultFolder(data: string, nowMs: number): string {
  const name = data === '-' ? 'stdin' : basename(data, extname(data));
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return join('runs', `${name}-${time}`);
}
