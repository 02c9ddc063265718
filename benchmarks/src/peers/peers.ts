import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BackendError, UsageError } from '@unroll/core/errors';
import type { Peer } from '../harness/measure.js';
import type { Precision } from '../harness/protocol.js';
import { audioShapes, type Shape } from '../models.js';
import { treebank } from '../sentence-tagging.js';

/** Names a Python that has torch, and of `--audio` librosa. */
const pythonVariable = 'UNROLL_PYTHON';
/** Names a folder whose `node_modules` has a working `@tensorflow/tfjs-node`, instead of that of `pnpm run tensorflow:setup`. */
const tfjsNodeVariable = 'UNROLL_TFJS_NODE';

const audioTasks: readonly Shape['task'][] = Object.values(audioShapes).map(({ task }) => task);

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const builtAt = (variant: 'native' | 'portable') =>
  statSync(file(`../../../packages/backend-native/build/${variant}/unroll.node`), { throwIfNoEntry: false })?.mtimeMs ??
  0;

/** What `--audio` calls its model. */
export const sound = 'sound';

/** A peer and what it can be asked for. */
export interface BenchPeer extends Peer {
  /** a language model's step at batch 1, too */
  readonly infers: boolean;
  /** a large product by its own library */
  readonly hasCeiling: boolean;
  measures(task: Shape['task'], precision: Precision): boolean;
  /** whether a run measures it where no peers are named, besides where it can be measured at all */
  isDefault(model: string, precision: Precision): boolean;
  /** what this machine lacks for it, and how to get it */
  readonly missing: string | undefined;
}

const everything = { infers: true, hasCeiling: true, measures: () => true, isDefault: () => true, missing: undefined };

/** The first is compared with each other one. */
export const peers: readonly BenchPeer[] = [
  { name: 'unroll', worker: unrollWorker('native'), ...everything },
  {
    name: 'pytorch',
    worker: pythonWorker('pytorch_worker'),
    ...everything,
    measures: (task) => task === 'ctc' || !audioTasks.includes(task),
    missing: requireVariable(pythonVariable, 'a Python that has torch'),
  },
  {
    name: 'librosa',
    worker: pythonWorker('librosa_worker'),
    ...everything,
    infers: false,
    hasCeiling: false,
    measures: (task) => task === 'log-mel',
    missing: requireVariable(pythonVariable, 'a Python that has librosa'),
  },
  {
    name: 'portable',
    worker: { ...unrollWorker('native'), environment: { UNROLL_NATIVE_BUILD: 'portable' } },
    ...everything,
    isDefault: (model, precision) => precision === 'float32' && model !== treebank && model !== sound,
    // one that was built from older sources would be another engine
    missing:
      builtAt('portable') < builtAt('native') || builtAt('portable') === 0
        ? 'the engine without oneDNN; `pnpm --filter @unroll/backend-native run build:portable` builds it'
        : undefined,
  },
  {
    name: 'tfjs-node',
    worker: { command: process.execPath, arguments: [file('../../peers/tfjs-node.mjs')] },
    ...everything,
    infers: false,
    measures: (task, precision) => precision === 'float32' && (task === 'language-model' || task === 'products'),
    missing: requireVariable(tfjsNodeVariable, 'a folder whose node_modules has a working @tensorflow/tfjs-node'),
  },
  {
    name: 'tensorflow',
    worker: unrollWorker('tensorflow'),
    ...everything,
    measures: (task, precision) => precision === 'float32' && !audioTasks.includes(task) && task !== 'sentence-tagger',
    // measured by `--engine tensorflow`, or where it is asked for; whether it is there is known when it is loaded
    isDefault: () => false,
  },
  {
    // TensorFlow.js' own plain JavaScript engine: minutes a step on the larger models
    name: 'cpu',
    worker: unrollWorker('cpu'),
    ...everything,
    hasCeiling: false,
    measures: (task, precision) =>
      precision === 'float32' && task !== 'products' && task !== 'sentence-tagger' && !audioTasks.includes(task),
    isDefault: (model) => model === 'ptb-small',
  },
];

function requireVariable(variable: string, meaning: string): string | undefined {
  return process.env[variable] ? undefined : `${variable} to name ${meaning}`;
}

/** @throws {UsageError} for a name that is none, {@link BackendError} for a peer that this machine cannot run */
export function findPeer(name: string): BenchPeer {
  const peer = peers.find((each) => each.name === name);
  if (peer === undefined) {
    throw new UsageError(
      'usage/peer',
      `there is no peer '${name}'; there are ${peers.map(({ name }) => name).join(', ')}`,
    );
  }
  if (peer.missing !== undefined) {
    throw new BackendError('bench/no-peer', `the peer ${name} needs ${peer.missing}`);
  }
  return peer;
}

/** What is measured, as far as it decides who takes part. */
interface Measured {
  readonly task: Shape['task'];
  readonly model: string;
  readonly precision: Precision;
}

/**
 * Those who can take part.
 *
 * @param asked - by name; without it, all that are there and default
 * @throws {UsageError} if none is left
 */
export function choosePeers(asked: readonly BenchPeer[] | undefined, measured: Measured): readonly BenchPeer[] {
  const { task, model, precision } = measured;
  const candidates = asked ?? peers.filter((peer) => peer.isDefault(model, precision) && peer.missing === undefined);
  const able = candidates.filter((peer) => peer.measures(task, precision));
  if (able.length > 0) return able;
  throw new UsageError('usage/peers', `none of the peers can be measured in ${precision} on a ${task}`);
}

function pythonWorker(name: string) {
  return { command: process.env[pythonVariable] ?? 'python3', arguments: [file(`../../peers/python/${name}.py`)] };
}

/** The same Node with the same flags, so that a driver that runs from source measures the sources. */
function unrollWorker(engine: string) {
  return { command: process.execPath, arguments: [...process.execArgv, file('./unroll-worker.js'), engine] };
}
