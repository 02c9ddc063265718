import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TrainingError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { describeRevision } from '../harness/machine.js';
import type { RecipeCase } from '../recipes/recipe.js';
import { askApp, commandLine, root, runApp } from './app-process.js';
import { readTrainingLog, type EpochPoint } from './training-log.js';

/** One seed of a case, from data to score. */
export interface SeedResult {
  readonly seed: number;
  /** by the keys of the case's scores */
  readonly scores: Readonly<Record<string, number>>;
  readonly curve: readonly EpochPoint[];
  readonly trainSeconds: number;
  /** of the code that finished it */
  readonly revision: string;
  /** what computed, with its version, instruction set, threads and precision */
  readonly engine: string;
  readonly date: string;
  readonly commands: readonly string[];
  /** of the case, to tell a result of an earlier one */
  readonly flags: readonly string[];
}

/** A run's configuration, with every default filled in. */
export type Settings = Readonly<Record<string, unknown>>;

export interface SeedOptions {
  /** folder of the app under `apps/` */
  readonly app: string;
  readonly seed: number;
  /** of all seeds of this case, from the repository's root; kept between calls */
  readonly folder: string;
  readonly threads: number;
  /** stops short: for trying a recipe out, never for a result */
  readonly maxSteps: number | undefined;
}

/**
 * Trains and scores one seed in a folder of its own. What is there already is taken up: a finished seed is read, an
 * interrupted one goes on from its last checkpoint.
 *
 * @throws {TrainingError} if a command fails, its score is no number, or what is there was begun with other flags
 */
export async function runSeed(recipe: RecipeCase, options: SeedOptions): Promise<SeedResult> {
  const { app, seed, folder } = options;
  const finished = await readSeed(recipe, options);
  if (finished !== undefined) return finished;

  const commands = commandsOf(recipe, options);
  const run = runFolder(options);
  await mkdir(resolve(root, folder), { recursive: true });
  await runApp(app, (await canResume(run, recipe)) ? commands.resume : commands.train);
  const result: SeedResult = {
    seed,
    scores: readScores(await askApp(app, commands.evaluate), recipe),
    ...(await readTrainingLog(resolve(root, run, 'log.jsonl'))),
    flags: flagsOf(recipe),
    commands: [commandLine(app, commands.train), commandLine(app, commands.evaluate)],
    revision: describeRevision(root),
    engine: await describeEngine(app, commands.doctor),
    date: new Date().toISOString(),
  };
  await writeFileAtomically(seedFile(folder, seed), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

function readScores(printed: Readonly<Record<string, unknown>>, { scores }: RecipeCase): Record<string, number> {
  const read = (key: string): number => {
    const value = key
      .split('.')
      .reduce((at: unknown, part) => (at as Record<string, unknown> | undefined)?.[part], printed);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    const message = `evaluate printed no number ${key}: ${JSON.stringify(printed).slice(0, 500)}`;
    throw new TrainingError('reproduce/no-score', message);
  };
  return Object.fromEntries(scores.map(({ key }) => [key, read(key)]));
}

async function describeEngine(app: string, doctor: readonly string[]): Promise<string> {
  const { engine } = await askApp(app, doctor);
  return (engine as { readonly description: string }).description;
}

/** The result of a seed that was finished with the flags and scores that the case has now, on whatever number of threads. */
export async function readSeed(
  recipe: RecipeCase,
  { folder, seed }: Pick<SeedOptions, 'folder' | 'seed'>,
): Promise<SeedResult | undefined> {
  const path = seedFile(folder, seed);
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(await readFile(path, 'utf8')) as SeedResult;
  const isWhole = recipe.scores.every(({ key }) => result.scores[key] !== undefined);
  return isWhole && result.flags.join() === flagsOf(recipe).join() ? result : undefined;
}

/** All settings that a seed was trained with, but for the seed itself. */
export async function readConfig(options: Pick<SeedOptions, 'folder' | 'seed'>): Promise<Settings> {
  const text = await readFile(resolve(root, runFolder(options), 'config.json'), 'utf8');
  const { seed: _, ...settings } = JSON.parse(text) as Settings;
  return settings;
}

function commandsOf(recipe: RecipeCase, options: SeedOptions) {
  const { seed, threads, maxSteps } = options;
  const run = runFolder(options);
  const common = ['--threads', String(threads)];
  const limit = maxSteps === undefined ? [] : ['--max-steps', String(maxSteps)];
  return {
    train: ['train', ...recipe.train, '--seed', String(seed), '--out', run, ...limit, ...common],
    resume: ['train', '--resume', run, ...common],
    evaluate: ['evaluate', '--model', run, ...recipe.evaluate, ...common],
    doctor: ['doctor', ...common],
  };
}

const flagsOf = ({ train, evaluate }: RecipeCase) => [...train, ...evaluate];
const runFolder = ({ folder, seed }: Pick<SeedOptions, 'folder' | 'seed'>) => join(folder, `seed-${seed}`);
const seedFile = (folder: string, seed: number) => resolve(root, folder, `seed-${seed}.json`);

/** Whether a run has a checkpoint to go on from; notes the flags of one that begins now. */
async function canResume(run: string, recipe: RecipeCase): Promise<boolean> {
  const note = `${resolve(root, run)}.flags.json`;
  const flags = JSON.stringify(flagsOf(recipe));
  const checkpoints = resolve(root, run, 'checkpoints');
  if (!existsSync(checkpoints) || !readdirSync(checkpoints).some((name) => name.startsWith('step-'))) {
    await writeFileAtomically(note, flags);
    return false;
  }
  if (existsSync(note) && (await readFile(note, 'utf8')) !== flags) {
    throw new TrainingError('reproduce/other-flags', `${run} was begun with other flags; delete it to begin again`);
  }
  return true;
}
