import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UsageError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { readCount, runCommandLine } from './command-line.js';
import { recipes } from './recipes/index.js';
import type { Recipe } from './recipes/recipe.js';
import { summariseSeeds, type FinishedSeed } from './reproduction/result.js';
import { readConfig, readSeed, runSeed } from './reproduction/run-seed.js';

const names = recipes.map(({ name }) => name).join(', ');
const usage = `Usage: pnpm reproduce NAME [options]

Runs a published recipe from data to score and writes benchmarks/results/NAME.json. NAME is one of ${names}.
Runs live in runs/reproduce/NAME; the same command goes on with what was interrupted and keeps what is finished.

  --seeds LIST    instead of the recipe's own
  --seed-only N   train just this seed, for example beside others in parallel; the result is written as soon as all
                  seeds are finished
  --threads N     of the engine (default: one a core)
  --max-steps N   try the recipe out with so few updates; writes no result`;

interface Options {
  readonly recipe: Recipe;
  readonly seeds: readonly number[];
  readonly only: number | undefined;
  readonly threads: number;
  readonly maxSteps: number | undefined;
}

async function reproduce({ recipe, seeds, only, threads, maxSteps }: Options): Promise<void> {
  const trial = maxSteps === undefined ? '' : `-trial-${maxSteps}`;
  const folder = join('runs', 'reproduce', recipe.name + trial);
  for (const seed of only === undefined ? seeds : [only]) {
    const { score } = await runSeed(recipe, { seed, folder, threads, maxSteps });
    console.log(`${recipe.name}, seed ${seed}: ${recipe.score.label} ${score.toFixed(recipe.score.decimals)}`);
  }
  const finished: FinishedSeed[] = [];
  const missing: number[] = [];
  for (const seed of seeds) {
    const result = await readSeed(recipe, { folder, seed });
    if (result === undefined) missing.push(seed);
    else finished.push({ result, config: await readConfig({ folder, seed }) });
  }
  if (missing.length > 0) return console.log(`not finished yet: seed ${missing.join(', ')}`);
  const command = ['pnpm reproduce', recipe.name, ...(seeds === recipe.seeds ? [] : ['--seeds', seeds.join()])].join(
    ' ',
  );
  const result = summariseSeeds(recipe, finished, command);
  const { mean, published, bar, reached, score } = result;
  console.log(
    `${recipe.name}: ${score.label} ${mean.toFixed(score.decimals)} over ${seeds.length} seeds; published ${published.score}, ` +
      `bar ${bar} ${reached ? 'reached' : 'missed'}`,
  );
  if (maxSteps !== undefined) return;
  const path = fileURLToPath(new URL(`../results/${recipe.name}.json`, import.meta.url));
  await writeFileAtomically(path, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`written to ${path}; now \`pnpm results\` brings README's tables up to date`);
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seeds: text, 'seed-only': text, threads: text, 'max-steps': text },
  });
  const recipe = recipes.find(({ name }) => name === positionals[0]);
  if (recipe === undefined || positionals.length > 1) {
    throw new UsageError('usage/recipe', `name one recipe of ${names}; got '${positionals.join(' ')}'`);
  }
  const { seeds, threads, 'seed-only': only, 'max-steps': maxSteps } = values;
  return {
    recipe,
    seeds: seeds === undefined ? recipe.seeds : seeds.split(',').map((seed) => readCount('--seeds', seed, 0)),
    only: only === undefined ? undefined : readCount('--seed-only', only, 0),
    threads: threads === undefined ? availableParallelism() : readCount('--threads', threads),
    maxSteps: maxSteps === undefined ? undefined : readCount('--max-steps', maxSteps),
  };
}

await runCommandLine(usage, () => reproduce(readOptions()));
