import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MissingCause, TensorFlowEngineState } from '../src/state.js';
import {
  bindingPath,
  cannotCompile,
  compile,
  copyRealPackage,
  emptyAddon,
  makePackage,
  write,
} from './support/made-up-package.js';

interface Loaded {
  readonly state: TensorFlowEngineState;
  readonly backend: string;
  readonly kept: boolean;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const script = fileURLToPath(new URL('load-process.ts', import.meta.url));
const [gpu, cpu] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'unroll-load-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads in a process of its own, which must print nothing else. */
async function load(...flags: readonly string[]): Promise<Loaded> {
  const args = ['--conditions=unroll-source', '--import', 'tsx', script, folder, ...flags];
  // what pnpm starts finds every package of the workspace there
  const env = { ...process.env, NODE_PATH: '' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Loaded;
}

/** A tfjs-node as far as it matters for loading: loud, and its own backend's best friend. */
const main = `
const tf = require('@tensorflow/tfjs-core');
const util = require('util');
require('../${bindingPath}');
console.warn('Hi, looks like you are running TensorFlow.js in Node.js');
process.emitWarning('old', 'DeprecationWarning');
if (!util.isNullOrUndefined(null) || util.isNullOrUndefined(0) || !util.isArray([])) throw new Error('wrong functions');
class Backend extends tf.KernelBackend {
  binding = { TF_Version: '2.99.1', isUsingGpuDevice: () => true };
}
tf.registerBackend('tensorflow', () => new Backend(), 3);
tf.setBackend('tensorflow');
`;

interface Expected {
  readonly cause: MissingCause;
  readonly reason: RegExp;
  readonly hint: RegExp;
}

function expectMissing({ state, backend }: Loaded, { cause, reason, hint }: Expected): void {
  const text = { reason: expect.stringMatching(reason) as string, hint: expect.stringMatching(hint) as string };
  expect(state).toEqual({ status: 'missing', cause, ...text });
  expect('reason' in state && state.reason).not.toContain('\n');
  expect(backend).toBe('cpu');
}

describe('loading TensorFlow', { timeout: 60_000 }, () => {
  it('says how to install it where no package is there', async () => {
    expectMissing(await load(), {
      cause: 'not-installed',
      reason: /^neither @tensorflow\/tfjs-node-gpu nor @tensorflow\/tfjs-node is installed$/,
      hint: /npm install --ignore-scripts @tensorflow\/tfjs-node-gpu@4\.22\.0; then run `npx unroll-tensorflow-setup`/,
    });
  });

  it('says how to build the native part of the real package', async () => {
    copyRealPackage(folder);
    makePackage(folder, cpu);
    const reason =
      /^@tensorflow\/tfjs-node-gpu is installed without its native part; @tensorflow\/tfjs-node is installed without/;
    expectMissing(await load(), {
      cause: 'no-binding',
      reason,
      hint: /^to build it run `npx unroll-tensorflow-setup`, .*`pnpm run tensorflow:setup`$/,
    });
  });

  it('names a package that lacks its dependencies', async () => {
    const place = makePackage(folder, gpu);
    rmSync(join(place, 'node_modules'), { recursive: true });
    expectMissing(await load(), {
      cause: 'broken',
      reason: /tfjs-node-gpu is not whole: Cannot find module '@mapbox\/node-pre-gyp'$/,
      hint: /^install it again/,
    });
  });
});

describe.skipIf(cannotCompile() !== '')(`a native part ${cannotCompile()}`, { timeout: 60_000 }, () => {
  /** @param needs - file name of a library that the native part is linked with, and which is then gone */
  function makeBinding(place: string, needs?: string): void {
    const binding = join(place, bindingPath);
    if (needs === undefined) return compile(binding, emptyAddon);
    const library = join(folder, needs);
    compile(library, 'int needed(void) { return 1; }\n', [`-Wl,-soname,${needs}`]);
    compile(binding, `${emptyAddon}int needed(void);\nint use(void) { return needed(); }\n`, [library]);
    return rmSync(library);
  }

  it.each(['libtensorflow.so.2', 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])(
    'whose %s is gone',
    async (needs) => {
      makeBinding(makePackage(folder, gpu), needs);
      const reason = new RegExp(`^the native part of ${gpu} does not load: ${needs}: cannot open shared object file`);
      expectMissing(await load(), {
        cause: 'no-libtensorflow',
        reason,
        hint: /^to build it for a TensorFlow that is there run/,
      });
    },
  );

  it.each(['libcudart.so.11.0', 'libcublas.so.11', 'libcudnn.so.8', 'libcuda.so.1'])(
    'without CUDA: %s',
    async (needs) => {
      makeBinding(makePackage(folder, gpu), needs);
      const reason = new RegExp(`does not load: ${needs}: cannot open`);
      expectMissing(await load(), {
        cause: 'no-cuda',
        reason,
        hint: /pip install 'tensorflow\[and-cuda\]', .*pip install tensorflow-cpu/,
      });
    },
  );

  it('that needs another library of the system', async () => {
    makeBinding(makePackage(folder, gpu), 'libelsewhere.so.3');
    expectMissing(await load(), {
      cause: 'does-not-load',
      reason: /libelsewhere\.so\.3: cannot open/,
      hint: /^to build it on this machine/,
    });
  });

  it('that was built for a TensorFlow with other functions, which would end the process at their first call', async () => {
    const use = `${emptyAddon}int TFE_OfAnotherVersion(void);\nint use(void) { return TFE_OfAnotherVersion(); }\n`;
    compile(join(makePackage(folder, gpu), bindingPath), use, ['-Wl,-z,lazy']);
    expectMissing(await load(), {
      cause: 'other-tensorflow',
      reason: /undefined symbol: TFE_OfAnotherVersion$/,
      hint: /^to build it again/,
    });
  });

  it('that is no library at all', async () => {
    write(join(makePackage(folder, gpu), bindingPath), 'cut off');
    expectMissing(await load(), {
      cause: 'does-not-load',
      reason: /tfjs_binding\.node: file too short$/,
      hint: /^to build it on this machine/,
    });
  });

  it('of a package whose own code throws', async () => {
    const place = makePackage(folder, gpu, { 'dist/index.js': 'throw new Error("out of order\\nat once");' });
    makeBinding(place);
    expectMissing(await load(), {
      cause: 'broken',
      reason: /^@tensorflow\/tfjs-node-gpu does not load: out of order$/,
      hint: /^install it again/,
    });
  });

  it('that loads: nothing is printed, and the current backend stays the current one', async () => {
    const place = makePackage(folder, gpu, { 'dist/index.js': main });
    makeBinding(place);
    const [plain, later] = await Promise.all([load(), load('--node-23')]);
    const binding = join(place, bindingPath);
    const state = {
      status: 'ready',
      package: gpu,
      version: '2.99.1',
      gpu: true,
      binding,
      library: 'found by the system',
    };
    // Node's own functions stay where there are some, and are replaced where they are gone
    expect(plain).toEqual({ state, backend: 'cpu', kept: true });
    expect(later).toEqual({ state, backend: 'cpu', kept: true });
  });

  it('takes the package for CPUs where that of the GPU does not load, and follows the links to its library', async () => {
    makeBinding(makePackage(folder, gpu), 'libcudart.so.11.0');
    const place = makePackage(folder, cpu, { 'dist/index.js': main });
    makeBinding(place);
    const library = join(folder, 'elsewhere', 'libtensorflow.so.2.9.1');
    write(library, '');
    mkdirSync(join(place, 'deps', 'lib'), { recursive: true });
    symlinkSync(library, join(place, 'deps', 'lib', 'libtensorflow.so.2'));
    const { state } = await load();
    expect(state).toMatchObject({ status: 'ready', package: cpu, library });
  });
});
