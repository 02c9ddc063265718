import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlowEngineState } from '../src/state.js';
import { bindingPath, copyRealPackage, realName } from './support/made-up-package.js';
import { SetupWorkplace, type Finished } from './support/setup-workplace.js';

const python = process.env['UNROLL_TENSORFLOW_PYTHON'] ?? '';
const why = python === '' ? '(left out: UNROLL_TENSORFLOW_PYTHON names no Python with tensorflow)' : `of ${python}`;
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The real tfjs-node in a folder of its own, so that the one of this workspace stays as it is. */
describe.skipIf(python === '')(`the set-up for the TensorFlow ${why}`, { timeout: 600_000 }, () => {
  let place: SetupWorkplace;
  let before: Record<string, string>;
  let done: Finished;
  beforeAll(async () => {
    place = new SetupWorkplace(copyRealPackage);
    before = place.snapshot();
    done = await place.setup(['--python', python]);
  }, 600_000);
  afterAll(() => place.remove());

  async function load(): Promise<{ state: TensorFlowEngineState; backend: string }> {
    const script = fileURLToPath(new URL('load-process.ts', import.meta.url));
    const args = ['--conditions=unroll-source', '--import', 'tsx', script, place.folder];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
    return JSON.parse(stdout) as { state: TensorFlowEngineState; backend: string };
  }

  it('builds a binding that computes', () => {
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/\nunroll: @tensorflow\/tfjs-node-gpu computes with TensorFlow 2\.\d+\.\d+\S*, on /);
    expect(lstatSync(join(place.tfjs, 'deps/include')).isSymbolicLink()).toBe(true);
    expect(place.snapshot()).not.toHaveProperty('build/');
  });

  it('gives what the engine loads, with the current backend kept', async () => {
    const { state, backend } = await load();
    expect(state).toMatchObject({ status: 'ready', package: realName, binding: join(place.tfjs, bindingPath) });
    expect('library' in state && state.library).toMatch(/site-packages\/tensorflow\/libtensorflow_cc\.so\.2$/);
    expect(backend).toBe('cpu');
  });

  it('can be undone', async () => {
    expect(await place.setup(['--undo'])).toMatchObject({ code: 0 });
    expect(place.snapshot()).toEqual(before);
    expect((await load()).state).toMatchObject({ status: 'missing', cause: 'no-binding' });
  });
});
