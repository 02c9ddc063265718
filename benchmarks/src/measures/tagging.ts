import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compare, formatRatio, type Speedup } from '../harness/comparison.js';
import { measure, type MeasureOptions, type Measurement } from '../harness/measure.js';
import { sentenceTagger, type SentenceTaggerShape } from '../models.js';
import { choosePeers, type BenchPeer } from '../peers/peers.js';
import { countTokens, exportBatches, prepareTaggingWork, treebank } from '../sentence-tagging.js';

/** Training and tagging with one head, every peer in turns on the same batches. */
export interface TaggingComparison {
  readonly shape: Omit<SentenceTaggerShape, 'batches'>;
  /** that one repetition learns from */
  readonly trainingTokens: number;
  /** that one repetition tags */
  readonly taggingTokens: number;
  readonly measurements: readonly Measurement[];
  readonly speedups: readonly Speedup[];
}

/** Of a training step with a CRF, in a run of its own whose kernels are watched. */
export interface CrfShare {
  readonly stepMs: number;
  /** kernels of the CRF alone, forward and backward */
  readonly crfMs: number;
  readonly engine: string;
}

export interface TaggingSpeed {
  readonly comparisons: readonly TaggingComparison[];
  readonly crf: CrfShare;
}

export interface TaggingOptions extends Omit<MeasureOptions, 'turnMs'> {
  /** those that are there unless given */
  readonly peers: readonly BenchPeer[] | undefined;
  readonly threads: number;
}

/** Slow peers do fewer repetitions. */
const turnMs = 5000;
const works = [
  { work: 'train', count: 1 },
  { work: 'tag', count: 3 },
] as const;
const crfWorker = fileURLToPath(new URL('../workers/crf-share.js', import.meta.url));

/** Measures the tagger of a treebank, with either head. */
export async function measureTagging(options: TaggingOptions): Promise<TaggingSpeed> {
  const comparisons = [];
  for (const head of ['softmax', 'crf'] as const) comparisons.push(await measureHead(head, options));
  options.log("the CRF's share of a step");
  const { stdout } = await promisify(execFile)(process.execPath, [crfWorker, String(options.threads)]);
  return { comparisons, crf: JSON.parse(stdout) as CrfShare };
}

async function measureHead(
  head: 'softmax' | 'crf',
  { peers, threads, rounds, log }: TaggingOptions,
): Promise<TaggingComparison> {
  const shape = { ...sentenceTagger, head };
  const able = choosePeers(peers, { task: shape.task, model: treebank, precision: 'float32' });
  const folder = await mkdtemp(join(tmpdir(), 'unroll-bench-'));
  try {
    log(`${treebank}, ${head}: preparing`);
    const work = await prepareTaggingWork(shape);
    const batches = join(folder, 'batches.json');
    await writeFile(batches, JSON.stringify(await exportBatches(work)));
    const whole: SentenceTaggerShape = { ...shape, batches };
    const subjects = able.map((peer) => ({ peer, shape: whole, precision: 'float32' as const, threads, works }));
    const measurements = await measure(subjects, {
      rounds,
      turnMs,
      log: (text) => log(`${treebank}, ${head}: ${text}`),
    });
    const { training, tagging } = await countTokens(work);
    return { shape, trainingTokens: training, taggingTokens: tagging, measurements, speedups: compare(measurements) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the median repetition. */
export function tokensPerSecond(
  { trainingTokens, taggingTokens }: TaggingComparison,
  { ms }: Measurement,
): { readonly training: number; readonly tagging: number } {
  return { training: (1000 * trainingTokens) / ms.train!.median, tagging: (1000 * taggingTokens) / ms.tag!.median };
}

/** What a person reads after a run. */
export function formatTagging({ comparisons, crf }: TaggingSpeed): string {
  const lines = comparisons.flatMap((comparison) => [
    `${treebank}, ${comparison.shape.head}`,
    ...comparison.measurements.map((measurement) => {
      const { training, tagging } = tokensPerSecond(comparison, measurement);
      return `  ${measurement.peer.padEnd(9)} trains ${Math.round(training)} tokens/s, tags ${Math.round(tagging)} tokens/s`;
    }),
    ...comparison.speedups.map(
      ({ against, work }) =>
        `  against ${against}: training ${formatRatio(work.train!)}, tagging ${formatRatio(work.tag!)} as fast`,
    ),
  ]);
  const share = `the CRF takes ${crf.crfMs.toFixed(2)} of ${crf.stepMs.toFixed(1)} ms a step, ${((100 * crf.crfMs) / crf.stepMs).toFixed(1)} %`;
  return [...lines, share].join('\n');
}
