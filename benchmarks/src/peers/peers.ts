import { fileURLToPath } from 'node:url';
import { BackendError, UsageError } from '@unroll/core/errors';
import type { Peer } from '../harness/measure.js';

/** Names a Python that has torch. */
export const pythonVariable = 'UNROLL_PYTHON';

type PeerName = keyof typeof commands;

const commands = {
  unroll: () => unrollWorker('native'),
  /** TensorFlow.js' own plain JavaScript engine: minutes a step on the larger models */
  cpu: () => unrollWorker('cpu'),
  pytorch: () => {
    const python = process.env[pythonVariable];
    if (python === undefined) {
      throw new BackendError(
        'bench/no-python',
        `the peer pytorch needs ${pythonVariable} to name a Python that has torch`,
      );
    }
    return { command: python, arguments: [fileURLToPath(new URL('../../peers/pytorch.py', import.meta.url))] };
  },
};

/** What is measured where nothing else is asked for. */
export function defaultPeers(): readonly PeerName[] {
  return process.env[pythonVariable] === undefined ? ['unroll'] : ['unroll', 'pytorch'];
}

/** @throws {UsageError} for a name that is none, {@link BackendError} for a peer that this machine cannot run */
export function findPeer(name: string): Peer {
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError('usage/peer', `there is no peer '${name}'; there are ${Object.keys(commands).join(', ')}`);
  }
  return { name, worker: commands[name as PeerName]() };
}

/** The same Node with the same flags, so that a driver that runs from source measures the sources. */
function unrollWorker(engine: string) {
  const script = fileURLToPath(new URL('./unroll-worker.js', import.meta.url));
  return { command: process.execPath, arguments: [...process.execArgv, script, engine] };
}
