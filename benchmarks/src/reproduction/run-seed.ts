import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TrainingError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { describeRevision } from '../harness/machine.js';
import type { Recipe } from '../recipes/recipe.js';
import { askApp, commandLine, root, runApp } from './app-process.js';
import { readTrainingLog, type EpochPoint } from './training-log.js';

/** One seed of a recipe, from data to score. */
export interface SeedResult {
  readonly seed: number;
  readonly score: number;
  /** all that `evaluate --json` printed */
  readonly scores: Readonly<Record<string, unknown>>;
  readonly curve: readonly EpochPoint[];
  readonly trainSeconds: number;
  /** of the code that finished it */
  readonly revision: string;
  /** what computed, with its version, instruction set, threads and precision */
  readonly engine: string;
  readonly date: string;
  readonly commands: readonly string[];
  /** of the recipe, to tell a result of an earlier one */
  readonly flags: readonly string[];
}

export interface SeedOptions {
  readonly seed: number;
  /** of all seeds of this recipe, from the repository's root; kept between calls */
  readonly folder: string;
  readonly threads: number;
  /** stops short: for trying a recipe out, never for a result */
  readonly maxSteps: number | undefined;
}

/**
 * Trains and scores one seed in a folder of its own. What is there already is taken up: a finished seed is read, an
 * interrupted one goes on from its last checkpoint.
 *
 * @throws {TrainingError} if a command fails or its score is no number
 */
export async function runSeed(recipe: Recipe, options: SeedOptions): Promise<SeedResult> {
  const { seed, folder } = options;
  const finished = await readSeed(recipe, options);
  if (finished !== undefined) return finished;

  const { app, score } = recipe;
  const commands = commandsOf(recipe, options);
  const run = runFolder(options);
  await mkdir(resolve(root, run), { recursive: true });
  await runApp(app, hasCheckpoint(run) ? commands.resume : commands.train);
  const scores = await askApp(app, commands.evaluate);
  const value = scores[score.key];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TrainingError('reproduce/no-score', `evaluate printed no number ${score.key}: ${JSON.stringify(scores)}`);
  }
  const result: SeedResult = {
    seed,
    score: value,
    scores,
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

async function describeEngine(app: string, doctor: readonly string[]): Promise<string> {
  const { engine } = await askApp(app, doctor);
  return (engine as { readonly description: string }).description;
}

/** The result of a seed that was finished with the flags that the recipe has now, on whatever number of threads. */
export async function readSeed(
  recipe: Recipe,
  { folder, seed }: Pick<SeedOptions, 'folder' | 'seed'>,
): Promise<SeedResult | undefined> {
  const path = seedFile(folder, seed);
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(await readFile(path, 'utf8')) as SeedResult;
  return result.flags.join() === flagsOf(recipe).join() ? result : undefined;
}

function commandsOf(recipe: Recipe, options: SeedOptions) {
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

const flagsOf = ({ train, evaluate }: Recipe) => [...train, ...evaluate];
const runFolder = ({ folder, seed }: SeedOptions) => join(folder, `seed-${seed}`);
const seedFile = (folder: string, seed: number) => resolve(root, folder, `seed-${seed}.json`);

function hasCheckpoint(run: string): boolean {
  const checkpoints = resolve(root, run, 'checkpoints');
  return existsSync(checkpoints) && readdirSync(checkpoints).some((name) => name.startsWith('step-'));
}
