import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { nativeEngineState } from '@unroll/backend-native/base';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pnpm, root, run, runNode } from './support/commands.js';

/** Every package that others install. */
const names = [
  '@unroll/core',
  '@unroll/backend-native',
  '@unroll/backend-tensorflow',
  '@unroll/datasets',
  '@unroll/text',
  '@unroll/language-modeling',
  '@unroll/forecasting',
  '@unroll/sequence-tagging',
  '@unroll/translation',
  '@unroll/audio-recognition',
  '@unroll/cli',
  'unroll-lm',
  'unroll-forecast',
  'unroll-tag',
  'unroll-translate',
  'unroll-listen',
] as const;
type Name = (typeof names)[number];

let folder: string;
let project: string;
const tarballs = {} as Record<Name, string>;

/** Packs everything, which `build-apps.ts` has built, then installs the tarballs into a project that knows nothing of this workspace. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'unroll-packages-')));
  project = join(folder, 'project');
  await packAll();
  await cp(join(root, 'test/fixtures/consumer'), project, { recursive: true });
  await installTarballs();
}, 600_000);

afterAll(async () => rm(folder, { recursive: true, force: true }));

async function packAll(): Promise<void> {
  const isPrivate = ['--filter', '!unroll', '--filter', '!@unroll/benchmarks'];
  await pnpm(['--recursive', ...isPrivate, 'pack', '--pack-destination', folder]);
  for (const file of await readdir(folder)) {
    const name = names.find(
      (each) => file.replace(/-\d+\.\d+\.\d+\.tgz$/, '') === each.replace('@', '').replace('/', '-'),
    );
    if (name === undefined) throw new Error(`${file} is of a package that this test does not know`);
    tarballs[name] = join(folder, file);
  }
}

async function installTarballs(): Promise<void> {
  const files = Object.fromEntries(names.map((name) => [name, `file:${tarballs[name]}`]));
  const versions = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const tools = ['@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-core', '@types/node', 'typescript'];
  const others = Object.fromEntries(tools.map((tool) => [tool, versions.devDependencies[tool]]));
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies: { ...files, ...others } };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  // a package that comes out of a file is allowed to build under the name of that file; JSON is YAML
  const engine = `@unroll/backend-native@file:../${basename(tarballs['@unroll/backend-native'])}`;
  const settings = {
    packages: ['.'],
    overrides: files,
    allowBuilds: { [engine]: true, 'core-js': false },
    // what an earlier run built, or could not build, of the same tarball proves nothing
    sideEffectsCache: false,
  };
  await writeFile(join(project, 'pnpm-workspace.yaml'), JSON.stringify(settings));
  await pnpm(['install', '--prefer-offline', '--no-frozen-lockfile'], project);
}

test.each(names)('%s holds what a user needs, and no tests', async (name) => {
  const files = (await run('tar', ['-tzf', tarballs[name]])).trim().split('\n');
  expect(files).toEqual(expect.arrayContaining(['package/package.json', 'package/README.md', 'package/LICENSE']));
  expect(files.some((file) => file.startsWith('package/dist/') && file.endsWith('.d.ts'))).toBe(true);
  const unwanted = /\.test\.|\/test\/|\.tsbuildinfo$|\/node_modules\/|^package\/src\//;
  expect(files.filter((file) => unwanted.test(file))).toEqual([]);
});

test.each(names)('publint finds nothing in %s', async (name) => {
  const { messages, pkg } = await publint({ pack: { tarball: (await readFile(tarballs[name])).buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test.each(names)('attw finds no type that resolves wrongly in %s', async (name) => {
  // ends with 1, and so throws, at the first problem; the packages are for import alone, not for require
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const printed = await runNode(attw, [tarballs[name], '--profile', 'esm-only', '--no-emoji', '--no-color']);
  expect(printed).toContain('OK (ESM)');
});

test('a project outside the workspace type-checks, trains ten steps and generates', async () => {
  await runNode(join(project, 'node_modules/typescript/bin/tsc'), ['-p', '.'], project);
  const result = JSON.parse(await runNode('out/main.js', [], project)) as Record<string, unknown>;
  expect(result).toMatchObject({ name: 'consumer', done: 0, errorsAreShared: true });
  // where this machine can build the engine, it was built from the tarball
  const canBuild = nativeEngineState().status === 'ready';
  expect(result['backend']).toBe(canBuild ? 'native' : 'cpu');
  expect(String(result['binary']).startsWith(project)).toBe(canBuild);
  expect(result['datasets']).toContain('ptb');
  const losses = result['losses'] as number[];
  expect(losses).toHaveLength(10);
  expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.95);
  expect((result['written'] as string).length).toBe(20);
  expect(result['naiveError']).toBe(0);
});

test.each(['unroll-lm', 'unroll-forecast', 'unroll-tag', 'unroll-translate', 'unroll-listen'])(
  'the installed command %s runs',
  async (command) => {
    const doctor = JSON.parse(
      await run(join(project, `node_modules/.bin/${command}`), ['doctor', '--json'], project),
    ) as object;
    expect(JSON.stringify(doctor)).toContain('native');
  },
);
