import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TrainingError } from '@unroll/core/errors';
import { summarise, type Summary } from '../harness/statistics.js';

/** What the command line takes, as processes from start to end; the built one, in turns. */
export interface CommandLineResult {
  /** `unroll-lm --help` */
  readonly helpMs: Summary;
  /** `unroll-lm generate --length 1` with a small model */
  readonly generateMs: Summary;
  readonly small: string;
  readonly generation: Generation;
}

/** Characters that `unroll-lm generate` writes with a large model. */
export interface Generation {
  readonly model: string;
  /** the shorter text, then the longer one */
  readonly texts: readonly [GeneratedText, GeneratedText];
  /** of the longer text, start of the process included */
  readonly charactersPerSecond: number;
  /** what each further character costs: difference of characters over difference of medians */
  readonly marginalCharactersPerSecond: number;
}

export interface GeneratedText {
  readonly characters: number;
  readonly ms: Summary;
}

export interface CommandLineOptions {
  readonly rounds: number;
  readonly threads: number;
  readonly log: (text: string) => void;
}

const main = fileURLToPath(new URL('../../../apps/language-model/dist/main.js', import.meta.url));
const run = promisify(execFile);
const largeSettings = {
  'model.hiddenSize': 512,
  'model.layers': 2,
  'batches.batchSize': 8,
  'batches.truncationSteps': 8,
};
const lengths = [2000, 12_000] as const;

/** Builds two models with a few updates each, then measures what a user of them waits for. */
export async function measureCommandLine({ rounds, threads, log }: CommandLineOptions): Promise<CommandLineResult> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-bench-'));
  const [small, large] = [join(folder, 'small'), join(folder, 'large')];
  try {
    log('building two models');
    await train(small, { 'model.hiddenSize': 128, 'model.layers': 1 });
    await train(large, largeSettings);
    const generate = (model: string, length: number) =>
      ['generate', '--model', model, '--length', String(length), '--threads', String(threads), '--quiet'] as const;
    const commands = [['--help'], generate(small, 1), ...lengths.map((length) => generate(large, length))];
    const ms: number[][] = commands.map(() => []);
    for (let round = 0; round <= rounds; round++) {
      log(`round ${round} of ${rounds}`);
      for (const [index, flags] of commands.entries()) {
        const elapsed = await timeProcess(flags);
        // the first one reads files that later ones find in memory
        if (round > 0) ms[index]!.push(elapsed);
      }
    }
    const [help, start, short, long] = ms.map(summarise) as [Summary, Summary, Summary, Summary];
    const generation = generationOf(short, long);
    return { helpMs: help, generateMs: start, small: '1 x 128 LSTM, characters', generation };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param short, long - milliseconds of the shorter and the longer text */
export function generationOf(short: Summary, long: Summary): Generation {
  const [fewer, more] = lengths;
  return {
    model: '2 x 512 LSTM, characters',
    texts: [
      { characters: fewer, ms: short },
      { characters: more, ms: long },
    ],
    charactersPerSecond: (1000 * more) / long.median,
    marginalCharactersPerSecond: (1000 * (more - fewer)) / (long.median - short.median),
  };
}

/** A model that knows next to nothing is as fast as one that does. */
async function train(out: string, settings: Readonly<Record<string, number>>): Promise<void> {
  const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  await runApp(['train', '--data', 'moby-dick', '--max-steps', '2', '--out', out, '--quiet', ...set]);
}

async function timeProcess(flags: readonly string[]): Promise<number> {
  const begin = performance.now();
  await runApp(flags);
  return performance.now() - begin;
}

async function runApp(flags: readonly string[]): Promise<void> {
  try {
    await run(process.execPath, [main, ...flags], { maxBuffer: 2 ** 24 });
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new TrainingError('bench/command', `unroll-lm ${flags.join(' ')} failed: ${stderr?.trim() ?? String(error)}`);
  }
}

export function formatCommandLine({ helpMs, generateMs, small, generation }: CommandLineResult): string {
  const { model, texts, charactersPerSecond, marginalCharactersPerSecond } = generation;
  const written = texts.map(({ characters, ms }) => `${characters} in ${(ms.median / 1000).toFixed(2)} s`);
  return [
    'unroll-lm as a process',
    `  --help: ${helpMs.median.toFixed(0)} ms (min ${helpMs.minimum.toFixed(0)})`,
    `  generate --length 1, ${small}: ${generateMs.median.toFixed(0)} ms (min ${generateMs.minimum.toFixed(0)})`,
    `  generate, ${model}: ${charactersPerSecond.toFixed(0)} characters/s (${written.join(', ')}), ` +
      `${marginalCharactersPerSecond.toFixed(0)} characters/s once started`,
  ].join('\n');
}
