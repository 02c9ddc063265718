import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pnpm, root, run, runNode } from './support/commands.js';

/** Name and folder of every package that others install. */
const published = {
  '@unroll/core': 'packages/core',
  '@unroll/backend-native': 'packages/backend-native',
  '@unroll/datasets': 'datasets',
  '@unroll/language-modeling': 'packages/language-modeling',
  '@unroll/cli': 'packages/cli',
  'unroll-lm': 'apps/language-model',
} as const;
type Name = keyof typeof published;
const names = Object.keys(published) as Name[];

let folder: string;
let project: string;
const tarballs = {} as Record<Name, string>;

/** Builds and packs everything, then installs the tarballs into a project that knows nothing of this workspace. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'unroll-packages-')));
  project = join(folder, 'project');
  await runNode('node_modules/typescript/bin/tsc', ['-b']);
  for (const name of names) tarballs[name] = await pack(name);
  await cp(join(root, 'test/fixtures/consumer'), project, { recursive: true });
  await installTarballs();
}, 300_000);

afterAll(async () => rm(folder, { recursive: true, force: true }));

async function pack(name: Name): Promise<string> {
  const printed = await pnpm(['pack', '--json', '--pack-destination', folder], join(root, published[name]));
  const { filename } = JSON.parse(printed.slice(printed.indexOf('{'))) as { filename: string };
  return filename;
}

async function installTarballs(): Promise<void> {
  const files = Object.fromEntries(names.map((name) => [name, `file:${tarballs[name]}`]));
  const versions = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const tools = ['@tensorflow/tfjs-core', '@types/node', 'typescript'];
  const others = Object.fromEntries(tools.map((tool) => [tool, versions.devDependencies[tool]]));
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies: { ...files, ...others } };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  // a package that comes out of a file is allowed to build under the name of that file; JSON is YAML
  const engine = `@unroll/backend-native@file:../${basename(tarballs['@unroll/backend-native'])}`;
  const settings = { packages: ['.'], overrides: files, allowBuilds: { [engine]: true, 'core-js': false } };
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
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const printed = await runNode(attw, [tarballs[name], '--profile', 'esm-only', '--format', 'json']);
  const { problems } = JSON.parse(printed) as { problems?: Record<string, unknown> };
  expect(problems ?? {}).toEqual({});
});

test('a project outside the workspace type-checks, trains ten steps and generates, on an engine built from the tarball', async () => {
  await runNode(join(project, 'node_modules/typescript/bin/tsc'), ['-p', '.'], project);
  const result = JSON.parse(await runNode('out/main.js', [], project)) as Record<string, unknown>;
  expect(result).toMatchObject({ name: 'consumer', done: 0, backend: 'native', errorsAreShared: true });
  expect(result['binary']).toContain(project);
  expect(result['datasets']).toContain('ptb');
  const losses = result['losses'] as number[];
  expect(losses).toHaveLength(10);
  expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.95);
  expect((result['written'] as string).length).toBe(20);
});

test('the installed command runs', async () => {
  const doctor = JSON.parse(
    await run(join(project, 'node_modules/.bin/unroll-lm'), ['doctor', '--json'], project),
  ) as object;
  expect(JSON.stringify(doctor)).toContain('native');
});
