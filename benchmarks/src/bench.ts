import { parseArgs } from 'node:util';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '@unroll/core/node';
import { readCount, readNames, runCommandLine } from './command-line.js';
import type { BenchResult } from './harness/bench-result.js';
import { compare, formatComparison, type Comparison } from './harness/comparison.js';
import { describeMachine, describeRevision } from './harness/machine.js';
import { measure, type Peer } from './harness/measure.js';
import type { Precision } from './harness/protocol.js';

import { defaultModels, models } from './models.js';
import { defaultPeers, findPeer } from './peers/peers.js';

const usage = `Usage: pnpm bench [options]

Measures training steps, batch-1 steps, start-up and memory of unroll and its peers, in turns, and writes
benchmarks/results/<date>-<revision>.json. PyTorch takes part where UNROLL_PYTHON names a Python that has torch.

  --models LIST      of ${Object.keys(models).join(', ')} (default: ${defaultModels.join(',')})
  --precisions LIST  of float32, bfloat16 (default: both)
  --peers LIST       of unroll, pytorch, cpu; the first is compared with each other one
  --rounds N         turns of every peer (default: 6)
  --steps N          training steps a turn (default: 10)
  --threads N        of every peer (default: one a core)
  --out FILE         instead of benchmarks/results/<date>-<revision>.json`;

interface Options {
  readonly models: readonly string[];
  readonly precisions: readonly Precision[];
  readonly peers: readonly Peer[];
  readonly rounds: number;
  readonly steps: number;
  readonly threads: number;
  readonly out: string | undefined;
}

const folder = fileURLToPath(new URL('..', import.meta.url));

async function bench(options: Options): Promise<void> {
  const revision = describeRevision(folder);
  const date = new Date().toISOString();
  const busyCores = loadavg()[0]!;
  if (busyCores > 0.5)
    console.error(`other programs keep ${busyCores.toFixed(1)} cores busy: these figures will not be fair`);
  const comparisons: Comparison[] = [];
  for (const model of options.models) {
    for (const precision of options.precisions) {
      const comparison = await compareModel(model, precision, options);
      console.log(formatComparison(comparison));
      comparisons.push(comparison);
    }
  }
  const { rounds, steps, threads } = options;
  const path = options.out ?? `${folder}results/${date.slice(0, 10)}-${revision}.json`;
  const command = ['pnpm bench', ...process.argv.slice(2)].join(' ');
  const result: BenchResult = {
    date,
    revision,
    command,
    machine: describeMachine(),
    busyCores,
    rounds,
    steps,
    threads,
    comparisons,
  };
  await writeFileAtomically(path, `${JSON.stringify(result, null, 2)}\n`);
  console.error(`written to ${path}`);
}

async function compareModel(model: string, precision: Precision, options: Options): Promise<Comparison> {
  const shape = models[model]!;
  const log = (text: string) => console.error(`${model}, ${precision}: ${text}`);
  const measurements = await measure(options.peers, { ...options, shape, precision, log });
  return { model, shape, precision, measurements, speedups: compare(measurements) };
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      models: { ...text, default: defaultModels.join() },
      precisions: { ...text, default: 'float32,bfloat16' },
      peers: { ...text, default: defaultPeers().join() },
      rounds: { ...text, default: '6' },
      steps: { ...text, default: '10' },
      threads: { ...text, default: String(availableParallelism()) },
      out: text,
    },
  });
  return {
    models: readNames('--models', values.models, Object.keys(models)),
    precisions: readNames('--precisions', values.precisions, ['float32', 'bfloat16']),
    peers: values.peers.split(',').map(findPeer),
    rounds: readCount('--rounds', values.rounds),
    steps: readCount('--steps', values.steps),
    threads: readCount('--threads', values.threads),
    out: values.out,
  };
}

await runCommandLine(usage, () => bench(readOptions()));
