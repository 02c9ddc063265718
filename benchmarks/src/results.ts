import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DataError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { runCommandLine } from './command-line.js';
import { recipes } from './recipes/index.js';
import type { Reproduction } from './reproduction/result.js';
import { formatResults, replaceResults } from './reproduction/results-table.js';

const usage = `Usage: pnpm results [--check]

Writes README's table of results from benchmarks/results/NAME.json. With --check it only tells whether the table is up to date.`;

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

async function results(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const readme = await readFile(path('README.md'), 'utf8');
  const updated = replaceResults(readme, formatResults(await readResults()));
  if (values.check && updated !== readme) {
    throw new DataError(
      'results/stale',
      "README's table of results is not that of benchmarks/results; run `pnpm results`",
    );
  }
  if (!values.check) await writeFileAtomically(path('README.md'), updated);
}

async function readResults(): Promise<readonly Reproduction[]> {
  const files = recipes.map(({ name }) => path(`benchmarks/results/${name}.json`)).filter(existsSync);
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Reproduction));
}

await runCommandLine(usage, results);
