import { parseArgs } from 'node:util';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '@unroll/core/node';
import { readCount, readNames, runCommandLine } from './command-line.js';
import { resultVersion, type ResultHead, type SpeedResult } from './harness/bench-result.js';
import { describeMachine, describeRevision } from './harness/machine.js';
import type { Precision } from './harness/protocol.js';
import { formatCommandLine, measureCommandLine } from './measures/command-line.js';
import { formatLatency, measureLatency } from './measures/latency.js';
import { formatTraining, measureTraining } from './measures/training.js';
import { defaultModels, models, stacks } from './models.js';
import { choosePeers, findPeer, peers, type BenchPeer } from './peers/peers.js';

const measures = ['training', 'latency', 'command-line'] as const;
const usage = `Usage: pnpm bench [options]

Measures unroll and its peers in turns and writes benchmarks/results/<date>-<revision>.json: training steps beside
what a large matrix product reaches, steps at batch 1, memory, and the command line's start and generation.

  --measures LIST    of ${measures.join(', ')} (default: all)
  --models LIST      of ${Object.keys(models).join(', ')} (default: ${defaultModels.join(',')})
  --precisions LIST  of float32, bfloat16 (default: both; models with lengths: float32)
  --peers LIST       of ${peers.map(({ name }) => name).join(', ')}; the first is compared with each other one
                     (default: those that are there, cpu for ptb-small alone)
  --rounds N         turns of every peer (default: 6)
  --steps N          training steps a turn, fewer of slow peers (default: 10)
  --threads N        of every peer (default: one a core)
  --out FILE         instead of benchmarks/results/<date>-<revision>.json`;

interface Options {
  readonly measures: readonly (typeof measures)[number][];
  readonly models: readonly string[];
  readonly precisions: readonly Precision[] | undefined;
  readonly peers: readonly BenchPeer[] | undefined;
  readonly rounds: number;
  readonly steps: number;
  readonly threads: number;
  readonly out: string | undefined;
}

const folder = fileURLToPath(new URL('..', import.meta.url));
/** What a peer may take of a turn for one piece of work, unless a single repetition takes longer. */
const turnMs = 1500;

async function bench(options: Options): Promise<void> {
  for (const { name, missing } of peers) {
    if (options.peers === undefined && missing !== undefined) console.error(`without ${name}: it needs ${missing}`);
  }
  const head = resultHead(options);
  const result: SpeedResult = { ...head, kind: 'speed', training: [], latency: [], ...(await measureAll(options)) };
  const path = options.out ?? `${folder}results/${head.date.slice(0, 10)}-${head.revision}.json`;
  await writeFileAtomically(path, `${JSON.stringify(result, null, 2)}\n`);
  console.error(`written to ${path}`);
}

function resultHead({ rounds, steps, threads }: Options): Omit<ResultHead, 'kind'> {
  const busyCores = loadavg()[0]!;
  if (busyCores > 0.5)
    console.error(`other programs keep ${busyCores.toFixed(1)} cores busy: these figures will not be fair`);
  return {
    version: resultVersion,
    date: new Date().toISOString(),
    revision: describeRevision(folder),
    command: ['pnpm bench', ...process.argv.slice(2)].join(' '),
    machine: describeMachine(),
    busyCores,
    rounds,
    steps,
    threads,
  };
}

async function measureAll(options: Options): Promise<Partial<SpeedResult>> {
  const has = (measure: Options['measures'][number]) => options.measures.includes(measure);
  return {
    ...(has('training') && { training: await measureModels(options) }),
    ...(has('latency') && { latency: await measureStacks(options) }),
    ...(has('command-line') && { commandLine: await measureApp(options) }),
  };
}

async function measureModels(options: Options): Promise<SpeedResult['training']> {
  const comparisons = [];
  for (const model of options.models) {
    const { task } = models[model]!;
    const usual = task === 'tagger' ? (['float32'] as const) : (['float32', 'bfloat16'] as const);
    for (const precision of options.precisions ?? usual) {
      const chosen = choosePeers(options.peers, { task, model, precision });
      const log = logger(`${model}, ${precision}`);
      const comparison = await measureTraining(model, precision, { ...options, peers: chosen, turnMs, log });
      console.log(formatTraining(comparison));
      comparisons.push(comparison);
    }
  }
  return comparisons;
}

async function measureStacks(options: Options): Promise<SpeedResult['latency']> {
  const comparisons = [];
  for (const shape of stacks) {
    const chosen = choosePeers(options.peers, { task: 'stack', model: '', precision: 'float32' });
    const log = logger(`step of ${shape.layers} x ${shape.hiddenSize}`);
    const comparison = await measureLatency(shape, { ...options, peers: chosen, turnMs, log });
    console.log(formatLatency(comparison));
    comparisons.push(comparison);
  }
  return comparisons;
}

async function measureApp(options: Options) {
  const result = await measureCommandLine({ ...options, log: logger('command line') });
  console.log(formatCommandLine(result));
  return result;
}

/** Says what is measured now. */
function logger(subject: string) {
  return (text: string) => console.error(`${subject}: ${text}`);
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      measures: { ...text, default: measures.join() },
      models: { ...text, default: defaultModels.join() },
      precisions: text,
      peers: text,
      rounds: { ...text, default: '6' },
      steps: { ...text, default: '10' },
      threads: { ...text, default: String(availableParallelism()) },
      out: text,
    },
  });
  const { precisions, peers } = values;
  return {
    measures: readNames('--measures', values.measures, measures),
    models: readNames('--models', values.models, Object.keys(models)),
    precisions:
      precisions === undefined ? undefined : readNames('--precisions', precisions, ['float32', 'bfloat16'] as const),
    peers: peers?.split(',').map(findPeer),
    rounds: readCount('--rounds', values.rounds),
    steps: readCount('--steps', values.steps),
    threads: readCount('--threads', values.threads),
    out: values.out,
  };
}

await runCommandLine(usage, () => bench(readOptions()));
