import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UsageError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { readCount, runCommandLine } from './command-line.js';
import { recipes } from './recipes/index.js';
import { describeBar, type Recipe, type RecipeCase } from './recipes/recipe.js';
import {
  summariseCase,
  summariseRecipe,
  type CaseResult,
  type FinishedSeed,
  type Reproduction,
  type ScoreResult,
} from './reproduction/result.js';
import { readConfig, readSeed, runSeed } from './reproduction/run-seed.js';

const names = recipes.map(({ name }) => name).join(', ');
const usage = `Usage: pnpm reproduce NAME [options]

Runs a published recipe from data to score and writes benchmarks/results/NAME.json. NAME is one of ${names}.
Runs live in runs/reproduce/NAME/CASE; the same command goes on with what was interrupted and keeps what is finished.

  --cases LIST    only these, for example horizon-96,horizon-192; the results of the others stay
  --seeds LIST    instead of the recipe's own
  --seed-only N   train just this seed, for example beside others in parallel; a case's result is written as soon as all
                  of its seeds are finished
  --threads N     of the engine (default: one a core)
  --max-steps N   try the recipe out with so few updates; writes no result`;

interface Options {
  readonly recipe: Recipe;
  readonly cases: readonly RecipeCase[];
  readonly seeds: readonly number[];
  readonly only: number | undefined;
  readonly threads: number;
  readonly maxSteps: number | undefined;
}

async function reproduce(options: Options): Promise<void> {
  const { recipe, cases, maxSteps } = options;
  for (const each of cases) await runCase(each, options);
  const path = fileURLToPath(new URL(`../results/${recipe.name}.json`, import.meta.url));
  const before = await readReproduction(path);
  const results: CaseResult[] = [];
  for (const each of recipe.cases) {
    const finished = await finishedCase(each, options);
    if (finished) for (const score of finished.scores) console.log(describeScore(finished, score));
    const result = finished ?? before?.cases.find(({ name }) => name === each.name);
    if (result) results.push(result);
  }
  if (maxSteps !== undefined || results.length === 0) return;
  const reproduction = summariseRecipe(recipe, results);
  const mean = reproduction.cases[results.length];
  if (mean) console.log(describeScore(mean, mean.scores[0]!));
  await writeFileAtomically(path, `${JSON.stringify(reproduction, null, 2)}\n`);
  console.log(`written to ${path}; now \`pnpm results\` brings the tables up to date`);
}

/** What earlier runs left, perhaps on another machine. */
async function readReproduction(path: string): Promise<Reproduction | undefined> {
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Reproduction) : undefined;
}

async function runCase(each: RecipeCase, options: Options): Promise<void> {
  const { recipe, seeds, only, threads, maxSteps } = options;
  const folder = caseFolder(each, options);
  for (const seed of seedsOf(each, only === undefined ? seeds : [only])) {
    const { scores } = await runSeed(each, { app: recipe.app, seed, folder, threads, maxSteps });
    const shown = each.scores.map(({ key, label, decimals }) => `${label} ${scores[key]!.toFixed(decimals)}`);
    console.log(`${recipe.name}, ${each.name}, seed ${seed}: ${shown.join(', ')}`);
  }
}

/** `undefined` while some of its seeds are not finished. */
async function finishedCase(each: RecipeCase, options: Options): Promise<CaseResult | undefined> {
  const folder = caseFolder(each, options);
  const finished: FinishedSeed[] = [];
  const missing: number[] = [];
  for (const seed of seedsOf(each, options.seeds)) {
    const result = await readSeed(each, { folder, seed });
    if (result === undefined) missing.push(seed);
    else finished.push({ result, config: await readConfig({ folder, seed }) });
  }
  if (missing.length === 0) return summariseCase(each, finished);
  console.log(`not finished yet: ${each.name}, seed ${missing.join(', ')}`);
  return undefined;
}

function caseFolder({ name }: RecipeCase, { recipe, maxSteps }: Options): string {
  const trial = maxSteps === undefined ? '' : `-trial-${maxSteps}`;
  return join('runs', 'reproduce', recipe.name + trial, name);
}

const seedsOf = (each: RecipeCase, seeds: readonly number[]) =>
  seeds.filter((seed) => each.seeds === undefined || each.seeds.includes(seed));

function describeScore({ name, seeds }: CaseResult, score: ScoreResult): string {
  const { label, mean, decimals, published, reached } = score;
  const bar = describeBar(score);
  return [
    `${name}: ${label} ${mean.toFixed(decimals)} over ${seeds.length} seeds`,
    ...(published === undefined ? [] : [`published ${published.score}`]),
    ...(bar === '' ? [] : [`bar ${bar} ${reached ? 'reached' : 'missed'}`]),
  ].join('; ');
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { cases: text, seeds: text, 'seed-only': text, threads: text, 'max-steps': text },
  });
  const recipe = recipes.find(({ name }) => name === positionals[0]);
  if (recipe === undefined || positionals.length > 1) {
    throw new UsageError('usage/recipe', `name one recipe of ${names}; got '${positionals.join(' ')}'`);
  }
  const { cases, seeds, threads, 'seed-only': only, 'max-steps': maxSteps } = values;
  return {
    recipe,
    cases: cases === undefined ? recipe.cases : cases.split(',').map((name) => caseOf(recipe, name)),
    seeds: seeds === undefined ? recipe.seeds : seeds.split(',').map((seed) => readCount('--seeds', seed, 0)),
    only: only === undefined ? undefined : readCount('--seed-only', only, 0),
    threads: threads === undefined ? availableParallelism() : readCount('--threads', threads),
    maxSteps: maxSteps === undefined ? undefined : readCount('--max-steps', maxSteps),
  };
}

function caseOf({ name, cases }: Recipe, wanted: string): RecipeCase {
  const found = cases.find((each) => each.name === wanted);
  if (found !== undefined) return found;
  const known = cases.map((each) => each.name).join(', ');
  throw new UsageError('usage/case', `${name} has no case '${wanted}'; it has ${known}`);
}

await runCommandLine(usage, () => reproduce(readOptions()));
