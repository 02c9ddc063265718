import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CheckpointError, UsageError } from '@unroll/core/errors';
import { findCheckpoint, type LoadedCheckpoint } from '@unroll/core/node';
import type { AppTask, Flag, RunConfig } from '../app.js';
import { datasetSettings } from '../data.js';
import { dataNamesOf, type DataNames } from '../data-names.js';
import { flagSettings, type EngineFlags, type TrainFlags } from '../flags.js';
import { readRunRecord, type RunRecord } from './run-record.js';

/** What a `train` command is going to do, before anything is started or written. */
export interface TrainPlan {
  readonly folder: string;
  readonly config: RunConfig;
  readonly names: DataNames;
  readonly engine: EngineFlags;
  /** of a run that goes on */
  readonly resume: { readonly from: LoadedCheckpoint; readonly record: RunRecord } | undefined;
}

export interface PlanOptions {
  /** shorthands of settings that only this app has */
  readonly own: readonly Flag[];
  /** data may be two files that go together line by line */
  readonly paired: boolean;
  readonly nowMs: number;
}

/** @throws {UsageError | ConfigError | CheckpointError} */
export async function planTraining(task: AppTask, flags: TrainFlags, options: PlanOptions): Promise<TrainPlan> {
  return flags.resume === undefined
    ? planNewRun(task, flags, options)
    : planResume(task, { ...flags, resume: flags.resume }, options);
}

async function planNewRun(task: AppTask, flags: TrainFlags, { own, paired, nowMs }: PlanOptions): Promise<TrainPlan> {
  const { preset, set = [], out, engine, precision, threads } = flags;
  const { data, ...others } = dataNamesOf(flags, paired);
  if (data === undefined) {
    const either = paired ? ' or two files with --source and --target' : '';
    throw new UsageError('usage/data', `name what to learn from with --data FILE or a dataset${either}`);
  }
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
    names: { data, ...others },
    engine: { ...(engine && { engine }), ...(precision && { precision }), ...(threads !== undefined && { threads }) },
    resume: undefined,
  };
}

async function planResume(
  task: AppTask,
  flags: TrainFlags & { readonly resume: string },
  { own, paired }: PlanOptions,
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
    names: namesAgain(record, dataNamesOf(flags, paired)),
    engine: { engine, precision, threads },
    resume: { from, record },
  };
}

/** As noted, but for splits that are named anew: files of a run may lie elsewhere by now. */
function namesAgain(
  { data, target, valid, validTarget, test, testTarget }: RunRecord,
  now: Partial<DataNames>,
): DataNames {
  const { data: nowData = data } = now;
  return {
    data: nowData,
    target: now.data === undefined ? target : now.target,
    ...(now.valid === undefined
      ? { valid: valid ?? undefined, validTarget }
      : { valid: now.valid, validTarget: now.validTarget }),
    ...(now.test === undefined
      ? { test: test ?? undefined, testTarget }
      : { test: now.test, testTarget: now.testTarget }),
  };
}

function limits({ epochs, maxSteps }: TrainFlags): { readonly epochs?: number; readonly maxSteps?: number } {
  return { ...(epochs !== undefined && { epochs }), ...(maxSteps !== undefined && { maxSteps }) };
}

function limitSettings(flags: TrainFlags): string[] {
  return Object.entries(limits(flags)).map(([name, value]) => `training.${name}=${value}`);
}

/** `runs/moby-dick-20300102-030405` */
function defaultFolder(data: string, nowMs: number): string {
  const name = data === '-' ? 'stdin' : basename(data, extname(data));
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return join('runs', `${name}-${time}`);
}
