import Module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { findLibrary, findPackage, type InstalledPackage } from './installed-package.js';
import { firstLine, loadFailure, missing } from './load-failure.js';
import { restoreNodeFunctions } from './node-functions.js';
import { quietly } from './quietly.js';
import type { Missing, TensorFlowEngineState } from './state.js';
import type { TensorFlowBackend } from './tfjs-node.js';

/** The preferred first: that of the GPU computes on a CPU as well. */
const names = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
const here = dirname(fileURLToPath(import.meta.url));
let state: TensorFlowEngineState | undefined;

/** Never throws: a caller decides between this engine and another one. Loads tfjs-node when it is first asked. */
export function tensorFlowEngineState(): TensorFlowEngineState {
  return (state ??= loadTensorFlow(here));
}

/** @param from - the folder that tfjs-node is looked for from, as a module in it would */
export function loadTensorFlow(from: string): TensorFlowEngineState {
  const problems: Missing[] = [];
  for (const name of names) {
    const found = findPackage(name, from);
    if (found === undefined) continue;
    const loaded = 'status' in found ? found : load(found);
    if (loaded.status === 'ready') return loaded;
    problems.push(loaded);
  }
  if (problems.length === 0) return missing('not-installed', `neither ${names.join(' nor ')} is installed`);
  return { ...problems[0]!, reason: problems.map(({ reason }) => reason).join('; ') };
}

function load(found: InstalledPackage): TensorFlowEngineState {
  restoreNodeFunctions();
  // TensorFlow would tell on standard error which instructions it uses
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const require = createRequire(found.binding);
  try {
    require.cache[found.binding] = openBinding(found.binding);
  } catch (error) {
    return loadFailure(found.name, error);
  }
  try {
    keepingBackend(() => quietly(() => require(found.folder) as unknown));
    const { binding } = tf.engine().findBackend('tensorflow') as TensorFlowBackend;
    return {
      status: 'ready',
      package: found.name,
      version: binding.TF_Version,
      gpu: binding.isUsingGpuDevice(),
      binding: found.binding,
      library: findLibrary(found),
    };
  } catch (error) {
    return missing('broken', `${found.name} does not load: ${firstLine(error)}`);
  }
}

/**
 * Opens the native part with every function looked up at once. Node looks them up at their first call, and a libtensorflow
 * of another version that lacks one would end the process then, instead of throwing here.
 */
function openBinding(path: string): NodeJS.Module {
  const module = new Module(path) as NodeJS.Module & { filename: string; loaded: boolean };
  module.filename = path;
  // Windows knows no such choice
  if (constants.dlopen.RTLD_NOW === undefined) process.dlopen(module, path);
  else process.dlopen(module, path, constants.dlopen.RTLD_NOW);
  module.loaded = true;
  return module;
}

/** tfjs-node makes itself the current backend when it is loaded; who loads it as one of several has not asked for that. */
function keepingBackend(body: () => unknown): void {
  const { backendName } = tf.engine();
  try {
    body();
  } finally {
    // a backend that runs already is current again at once; the promise is for those that are still to be started
    if (backendName) void tf.setBackend(backendName);
  }
}
