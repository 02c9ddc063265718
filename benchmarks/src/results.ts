import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DataError } from '@unroll/core/errors';
import { writeFileAtomically } from '@unroll/core/node';
import { runCommandLine } from './command-line.js';
import { recipes } from './recipes/index.js';
import {
  resultVersion,
  type AudioResult,
  type BenchResult,
  type CurvesResult,
  type ForecastingResult,
  type ScalingResult,
  type SpeedResult,
  type TaggingResult,
  type TensorFlowResult,
  type TranslationResult,
} from './harness/bench-result.js';
import type { RooflineResult } from './roofline/result.js';
import type { Reproduction } from './reproduction/result.js';
import { replaceTable } from './tables/markdown.js';
import { formatAllResults, formatResults } from './tables/results-table.js';
import { formatRoofline } from './tables/roofline-table.js';
import { formatAudioTable } from './tables/audio-table.js';
import { formatCurves } from './tables/curves-table.js';
import { formatForecastingTable } from './tables/forecasting-table.js';
import { formatScalingTable } from './tables/scaling-table.js';
import { formatPeers, formatSpeed, formatTensorFlow, formatTranslation } from './tables/speed-table.js';
import { formatTaggingTable } from './tables/tagging-table.js';

const usage = `Usage: pnpm results [--check]

Writes the tables of README.md, benchmarks/README.md and benchmarks/ROOFLINE.md from benchmarks/results: the
reproductions from NAME.json, speed, scaling and curves from the newest run of pnpm bench each, the rooflines from
roofline.json. With --check it only tells whether they are up to date.`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'benchmarks/results');

/** What stands between the marks of each table of a page. */
type Tables = Readonly<Record<string, string>>;

async function results(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const speed = await readNewest<SpeedResult>('speed');
  const reproductions = await readResults();
  const pages: Readonly<Record<string, Tables>> = {
    'README.md': { results: formatResults(reproductions), speed: formatSpeed(speed) },
    'benchmarks/README.md': {
      reproductions: formatAllResults(reproductions),
      peers: formatPeers(speed),
      scaling: formatScalingTable(await readNewest<ScalingResult>('scaling')),
      curves: formatCurves(await readNewest<CurvesResult>('curves')),
      forecasting: formatForecastingTable(await readNewest<ForecastingResult>('forecasting')),
      tagging: formatTaggingTable(await readNewest<TaggingResult>('tagging')),
      translation: formatTranslation(await readNewest<TranslationResult>('translation')),
      tensorflow: formatTensorFlow(await readNewest<TensorFlowResult>('tensorflow')),
      audio: formatAudioTable(await readNewest<AudioResult>('audio')),
    },
    'benchmarks/ROOFLINE.md': { roofline: formatRoofline(await readRoofline()) },
  };
  for (const [page, tables] of Object.entries(pages)) await updatePage(page, tables, values.check);
}

async function updatePage(page: string, tables: Tables, checkOnly: boolean): Promise<void> {
  const path = join(root, page);
  const before = await readFile(path, 'utf8');
  const after = Object.entries(tables).reduce((text, [name, table]) => replaceTable(text, name, table), before);
  if (checkOnly && after !== before) {
    throw new DataError(
      'results/stale',
      `the tables of ${page} are not those of benchmarks/results; run \`pnpm results\``,
    );
  }
  if (!checkOnly) await writeFileAtomically(path, after);
}

async function readResults(): Promise<readonly Reproduction[]> {
  const files = recipes.map(({ name }) => `${name}.json`).filter((name) => existsSync(join(folder, name)));
  return Promise.all(files.map((name) => readJson<Reproduction>(name)));
}

async function readRoofline(): Promise<RooflineResult | undefined> {
  const name = 'roofline.json';
  return existsSync(join(folder, name)) ? readJson<RooflineResult>(name) : undefined;
}

/** Of the files that `pnpm bench` wrote. */
async function readNewest<Result extends BenchResult>(kind: Result['kind']): Promise<Result | undefined> {
  const files = readdirSync(folder).filter((name) => /^\d{4}-\d\d-\d\d-.*\.json$/.test(name));
  const results = await Promise.all(files.map((name) => readJson<BenchResult>(name)));
  const fitting = results.filter((result) => result.version === resultVersion && result.kind === kind);
  return fitting.toSorted((a, b) => a.date.localeCompare(b.date)).at(-1) as Result | undefined;
}

async function readJson<Content>(name: string): Promise<Content> {
  return JSON.parse(await readFile(join(folder, name), 'utf8')) as Content;
}

await runCommandLine(usage, results);
