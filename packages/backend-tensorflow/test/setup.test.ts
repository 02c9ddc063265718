import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SetupWorkplace } from './support/setup-workplace.js';

let place: SetupWorkplace;
beforeEach(() => {
  place = new SetupWorkplace();
});
afterEach(() => place.remove());

/** A folder on the PATH with nothing but the programs that are named. */
const only = (...folders: readonly string[]) => ({ env: { PATH: folders.join(':') } });

describe('the command line of the set-up', () => {
  it('--help tells every option', async () => {
    const { code, stdout, stderr } = await place.setup(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['libtensorflow', 'python', 'package', 'timeout', 'dry-run', 'undo'])
      expect(stdout).toContain(`--${flag}`);
  });

  it.each([
    [['--nope'], "Unknown option '--nope'"],
    [['somewhere'], "Unexpected argument 'somewhere'"],
    [['--python'], "Option '--python <value>' argument missing"],
    [['--python='], '--python has an empty value'],
    [['--timeout', 'soon'], '--timeout must be a number of seconds from 0.001 to 2147483, got soon'],
    [['--timeout', '0'], '--timeout must be a number of seconds from 0.001 to 2147483, got 0'],
    [['--timeout', '1e9'], '--timeout must be a number of seconds from 0.001 to 2147483, got 1e9'],
    [['--package', 'tfjs'], '--package must be @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, got tfjs'],
    [
      ['--python', 'p', '--libtensorflow', 'd'],
      '--libtensorflow and --python both name a TensorFlow; leave one of them out',
    ],
    [['--undo', '--python', 'p'], '--undo takes no --libtensorflow and no --python'],
  ])('%j is wrong usage: exit code 2, one line, nothing done', async (args, message) => {
    const before = place.snapshot();
    const { code, stdout, stderr } = await place.setup(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`unroll: TensorFlow was not set up: ${message}; see --help\n`);
    expect(place.snapshot()).toEqual(before);
  });

  it('without tfjs-node it says what to install', async () => {
    rmSync(place.tfjs, { recursive: true });
    const [any, one] = await Promise.all([place.setup([]), place.setup(['--package', 'tfjs-node'])]);
    expect(any.code).toBe(1);
    expect(any.stderr).toMatch(
      /^unroll: .*: neither @tensorflow\/tfjs-node-gpu nor @tensorflow\/tfjs-node is installed; .* npm install --ignore-scripts @tensorflow\/tfjs-node-gpu@4\.22\.0\n$/,
    );
    expect(one.stderr).toMatch(/: @tensorflow\/tfjs-node is not installed; .* @tensorflow\/tfjs-node@4\.22\.0\n$/);
  });
});

describe('where TensorFlow comes from', () => {
  async function plan(args: readonly string[], options = {}) {
    const before = place.snapshot();
    const result = await place.setup([...args, '--dry-run'], options);
    expect(place.snapshot()).toEqual(before);
    return result;
  }

  /** A program that answers as a Python does that is asked for tensorflow. */
  const python = (folder: string, name: string, answer: string) =>
    place.write(`${folder}/${name}`, `#!/bin/sh\n${answer}\n`, 0o755);
  const answering = (folder: string | null) => `echo '${JSON.stringify({ folder, version: '2.98.7' })}'`;

  it('a folder as TensorFlow’s C library comes in, every step told and nothing changed', async () => {
    const folder = place.makeArchive();
    const { code, stdout, stderr } = await plan(['--libtensorflow', 'libtensorflow']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      `Would build the native part of @tensorflow/tfjs-node 4.22.0 for TensorFlow in ${folder},\nin ${place.tfjs}:\n`,
    );
    expect(stdout).toContain(`  link deps/include to ${folder}/include\n`);
    expect(stdout).toContain(`  link deps/lib/libtensorflow.so to ${folder}/lib/libtensorflow.so\n`);
    expect(stdout).toMatch(
      / {2}compile binding\/ for lib\/napi-v8: node-gyp rebuild .*-Dmodule_name=tfjs_binding -Dmodule_path=lib\/napi-v8 -Dnapi_build_version=8\n/,
    );
    expect(stdout).toMatch(/Nothing was changed\.\n$/);
  });

  it('the folder of a wheel, with the CUDA beside it', async () => {
    const folder = place.makeWheel();
    place.write('site-packages/nvidia/cublas/lib/libcublas.so.12', '');
    const { stdout } = await plan(['--libtensorflow', folder]);
    expect(stdout).toContain(`for TensorFlow 2.98.7 in ${folder},`);
    expect(stdout).toContain(`  link deps/lib/libtensorflow_cc.so.2 to ${folder}/libtensorflow_cc.so.2\n`);
    expect(stdout).toContain('  link deps/lib/libtensorflow.so to libtensorflow_cc.so.2\n');
    expect(stdout).toContain('  link deps/lib/libtensorflow_framework.so to libtensorflow_framework.so.2\n');
    expect(stdout).toContain(`  link deps/nvidia to ${place.path('site-packages/nvidia')}\n`);
  });

  it.each([
    ['', /nowhere does not exist/],
    ['libtensorflow/lib/libtensorflow.so', /libtensorflow has no lib\/libtensorflow_framework\.so/],
    ['libtensorflow/include/tensorflow/c/c_api.h', /libtensorflow has no lib\/libtensorflow\.so/],
    ['libtensorflow/libtensorflow_cc.so.2', /libtensorflow has no libtensorflow_framework\.so\.2/],
  ])('a folder with no more than "%s" is refused by what it lacks', async (file, message) => {
    if (file !== '') place.write(file, '');
    const { code, stderr } = await plan(['--libtensorflow', file === '' ? 'nowhere' : 'libtensorflow']);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('the Python that is named', async () => {
    const folder = place.makeWheel();
    const named = python('env/bin', 'my-python', answering(folder));
    expect((await plan(['--python', named])).stdout).toContain(`for TensorFlow 2.98.7 of ${named}, in ${folder},`);
  });

  it('else python3, else python, of the PATH', async () => {
    const folder = place.makeWheel();
    python('bin', 'python3', answering(null));
    python('bin', 'python', answering(folder));
    const { stdout } = await plan([], only(place.path('bin'), '/bin', '/usr/bin'));
    expect(stdout).toContain(`for TensorFlow 2.98.7 of python, in ${folder},`);
  });

  it('else the archive that tfjs-node would download, with its checksum', async () => {
    python('bin', 'python3', 'echo "ImportError: broken" >&2; exit 1');
    const { stdout } = await plan([], only(place.path('bin')));
    const reasons = 'python3 could not be asked for tensorflow: ImportError: broken; python does not run: not found';
    expect(stdout).toContain(`(${reasons})`);
    expect(stdout).toMatch(
      / {2}download https:\/\/storage\.googleapis\.com\/\S+, whose SHA-256 must be [0-9a-f]{64}\n {2}unpack it into deps\n/,
    );
  });

  it.each([
    ['exit 3', /my-python could not be asked for tensorflow: it ended with 3/],
    ['echo hello', /my-python did not answer as a Python does/],
    ['echo \'{"folder": null}\'', /my-python has no package tensorflow/],
    ['echo \'{"folder": "/nonexistent/tensorflow"}\'', /\/nonexistent\/tensorflow does not exist/],
  ])('a Python that is named must have it: %s', async (answer, message) => {
    const { code, stderr } = await plan(['--python', python('bin', 'my-python', answer)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('a Python that is named and is not there', async () => {
    const { code, stderr } = await plan(['--python', '/nonexistent/python']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'unroll: TensorFlow was not set up: /nonexistent/python does not run: not found\n',
    });
  });

  it('a Python that never answers is given up', async () => {
    const slow = python('bin', 'slow-python', 'sleep 60');
    const { code, stderr } = await place.setup(['--python', slow, '--timeout', '1', '--dry-run']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'unroll: TensorFlow was not set up: it took more than 1 s; give it more with --timeout SECONDS\n',
    );
  });
});
