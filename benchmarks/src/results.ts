import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DataError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { runCommandLine } from './command-line.js';
import { recipes } from './recipes/index.js';
import type { BenchResult } from './harness/bench-result.js';
import type { Reproduction } from './reproduction/result.js';
import { replaceTable } from './tables/markdown.js';
import { formatResults } from './tables/results-table.js';
import { formatSpeed } from './tables/speed-table.js';

const usage = `Usage: pnpm results [--check]

Writes README's two tables from benchmarks/results: the reproductions from NAME.json, the speed from the newest
run of pnpm bench. With --check it only tells whether they are up to date.`;

const readmePath = fileURLToPath(new URL('../../README.md', import.meta.url));
const folder = fileURLToPath(new URL('../results', import.meta.url));

async function results(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const readme = await readFile(readmePath, 'utf8');
  const withResults = replaceTable(readme, 'results', formatResults(await readResults()));
  const updated = replaceTable(withResults, 'speed', formatSpeed(await readNewestBench()));
  if (values.check && updated !== readme) {
    throw new DataError('results/stale', "README's tables are not those of benchmarks/results; run `pnpm results`");
  }
  if (!values.check) await writeFileAtomically(readmePath, updated);
}

async function readResults(): Promise<readonly Reproduction[]> {
  const files = recipes.map(({ name }) => `${name}.json`).filter((name) => existsSync(join(folder, name)));
  return Promise.all(files.map((name) => readJson<Reproduction>(name)));
}

async function readNewestBench(): Promise<BenchResult | undefined> {
  const runs = readdirSync(folder).filter((name) => /^\d{4}-\d\d-\d\d-.*\.json$/.test(name));
  const results = await Promise.all(runs.map((name) => readJson<BenchResult>(name)));
  return results.toSorted((a, b) => a.date.localeCompare(b.date)).at(-1);
}

async function readJson<Content>(name: string): Promise<Content> {
  return JSON.parse(await readFile(join(folder, name), 'utf8')) as Content;
}

await runCommandLine(usage, results);
