import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { summarise, type Summary } from '../harness/statistics.js';

/** What forecasting takes, in processes of their own. */
export interface ForecastingSpeed {
  /** one pass of DeepAR, 3 x 40 units, over 1,000 series of 500 steps, in windows of 96; every step is forecast once */
  readonly epochSeconds: Summary;
  readonly epochSteps: number;
  /** 100 sample paths of 24 steps for each of these series */
  readonly pathsSeconds: Summary;
  /** a CSV file of 5 million rows: series, time, value */
  readonly csvSeconds: Summary;
  readonly csvRows: number;
  /** of the process that reads it */
  readonly csvPeakBytes: number;
  readonly engine: string;
}

export interface ForecastingOptions {
  readonly rounds: number;
  readonly threads: number;
  readonly log: (text: string) => void;
}

/** What a worker prints. */
export interface ForecastingTurn {
  readonly epochSeconds: number;
  readonly epochSteps: number;
  readonly pathsSeconds: number;
  readonly engine: string;
}

export interface CsvTurn {
  readonly seconds: number;
  readonly peakBytes: number;
}

const run = promisify(execFile);
const worker = (name: string) => fileURLToPath(new URL(`../workers/${name}.js`, import.meta.url));
const csvRows = 5_000_000;

/** Measures training, sampling and reading in turns. */
export async function measureForecasting({ rounds, threads, log }: ForecastingOptions): Promise<ForecastingSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-bench-'));
  const file = join(folder, 'rows.csv');
  try {
    log(`writing a CSV file of ${csvRows} rows`);
    await writeRows(file, csvRows);
    const turns: ForecastingTurn[] = [];
    const reads: CsvTurn[] = [];
    for (let round = 0; round < rounds; round++) {
      log(`forecasting: round ${round + 1} of ${rounds}`);
      turns.push(await ask<ForecastingTurn>('deepar', [String(threads)]));
      reads.push(await ask<CsvTurn>('read-csv', [file]));
    }
    return {
      epochSeconds: summarise(turns.map(({ epochSeconds }) => epochSeconds)),
      epochSteps: turns[0]!.epochSteps,
      pathsSeconds: summarise(turns.map(({ pathsSeconds }) => pathsSeconds)),
      csvSeconds: summarise(reads.map(({ seconds }) => seconds)),
      csvRows,
      csvPeakBytes: reads.reduce((most, { peakBytes }) => Math.max(most, peakBytes), 0),
      engine: turns[0]!.engine,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function formatForecasting({ epochSeconds, pathsSeconds, csvSeconds, csvPeakBytes }: ForecastingSpeed): string {
  const [epoch, paths, csv] = [epochSeconds, pathsSeconds, csvSeconds].map(({ median }) => `${median.toFixed(1)} s`);
  const memory = `${Math.round(csvPeakBytes / 2 ** 20)} MiB`;
  return `an epoch of DeepAR ${epoch}, its sample paths ${paths}, the CSV file ${csv} and ${memory}`;
}

async function ask<Turn>(name: string, args: readonly string[]): Promise<Turn> {
  const { stdout } = await run(process.execPath, [worker(name), ...args]);
  return JSON.parse(stdout) as Turn;
}

/** Hourly values of series of 10,000 steps each. */
async function writeRows(path: string, rows: number): Promise<void> {
  const stream = createWriteStream(path);
  stream.write('id,time,value\n');
  const perSeries = 10_000;
  const begin = Date.UTC(2020, 0, 1);
  const stamps = Array.from({ length: perSeries }, (_, step) =>
    new Date(begin + step * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
  );
  for (let series = 0; series * perSeries < rows; series++) {
    const lines = stamps.map((stamp, step) => `store-${series},${stamp},${((series * 31 + step * 17) % 9973) / 10}`);
    if (!stream.write(`${lines.join('\n')}\n`)) await new Promise<void>((resolve) => stream.once('drain', resolve));
  }
  stream.end();
  await finished(stream);
}
