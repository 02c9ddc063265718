import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ptbSmall } from '../benchmarks/src/recipes/ptb-small.js';
import type { RecipeCase } from '../benchmarks/src/recipes/recipe.js';
import { readConfig, readSeed, runSeed } from '../benchmarks/src/reproduction/run-seed.js';

let folder: string;
let recipe: RecipeCase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-reproduce-'));
  const text = join(folder, 'text.txt');
  await writeFile(text, Array.from({ length: 400 }, (_, i) => `${i % 7} and ${(i * i) % 11} make a line\n`).join(''));
  const settings = ['model.hiddenSize=8', 'model.layers=1', 'batches.batchSize=4', 'training.epochs=2'];
  recipe = {
    ...ptbSmall.cases[0]!,
    train: ['--data', text, ...settings.flatMap((setting) => ['--set', setting]), '--quiet'],
    evaluate: ['--data', text, '--quiet'],
  };
});

afterAll(async () => rm(folder, { recursive: true, force: true }));

test('a seed is trained and scored once, goes on where it was interrupted, and is never mixed with another recipe', async () => {
  const options = { app: ptbSmall.app, seed: 3, folder, threads: 1, maxSteps: undefined };
  const first = await runSeed(recipe, options);
  expect(first.scores['perplexity']).toBeGreaterThan(1);
  expect(first.curve.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(first.curve[1]!.validLoss).toBeLessThan(first.curve[0]!.validLoss!);
  expect(first.trainSeconds).toBeGreaterThan(0);
  expect(first.commands[0]).toMatch(/^pnpm lm train .*--seed 3 /);
  expect(await readConfig(options)).toMatchObject({ model: { hiddenSize: 8 }, training: { epochs: 2 } });

  expect(await runSeed(recipe, options)).toEqual(first);

  const other = { ...recipe, train: [...recipe.train, '--set', 'model.cell=gru'] };
  expect(await readSeed(other, options)).toBeUndefined();
  await expect(runSeed(other, options)).rejects.toThrow('was begun with other flags');

  // as if it had been killed between the last checkpoint and the score
  await rm(join(folder, 'seed-3.json'));
  const resumed = await runSeed(recipe, options);
  expect(resumed.scores).toEqual(first.scores);
  expect(resumed.curve).toEqual(first.curve);
  expect((await readdir(folder)).sort()).toEqual(['seed-3', 'seed-3.flags.json', 'seed-3.json', 'text.txt']);
});

test('a command that fails says how to go on', async () => {
  const wrong = { ...recipe, train: ['--data', join(folder, 'missing.txt'), '--quiet'] };
  const run = runSeed(wrong, { app: ptbSmall.app, seed: 4, folder, threads: 1, maxSteps: undefined });
  await expect(run).rejects.toThrow(/pnpm lm train .* ended with exit code 1; run the same reproduction again/);
});
