import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The tfjs-node that is installed here for development. */
export const realName = '@tensorflow/tfjs-node-gpu';
export const realFolder = dirname(require.resolve(`${realName}/package.json`));
const manifest = require(`${realName}/package.json`) as {
  readonly version: string;
  readonly binary: object;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Where tfjs-node looks for its native part, below its folder. */
export const bindingPath = 'lib/napi-v8/tfjs_binding.node';

/** A package of that name in `folder/node_modules`, with the real one's dependencies. @returns its folder */
export function makePackage(folder: string, name: string, files: Readonly<Record<string, string>> = {}): string {
  const place = join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  const { version, binary } = manifest;
  const own = { 'package.json': JSON.stringify({ name, version, main: 'dist/index.js', binary }), ...files };
  for (const [path, text] of Object.entries(own)) write(join(place, path), text);
  linkDependencies(place);
  return place;
}

/** The real package as an installation leaves it that did not run its script. @returns its folder */
export function copyRealPackage(folder: string): string {
  const place = join(folder, 'node_modules', realName);
  const own = ['package.json', 'dist', 'scripts', 'binding', 'binding.gyp'];
  for (const name of own) cpSync(join(realFolder, name), join(place, name), { recursive: true });
  linkDependencies(place);
  return place;
}

function linkDependencies(place: string): void {
  const real = createRequire(join(realFolder, 'package.json'));
  for (const name of Object.keys(manifest.dependencies)) {
    link(dirname(real.resolve(`${name}/package.json`)), join(place, 'node_modules', name));
  }
  link(
    dirname(require.resolve('@tensorflow/tfjs-core/package.json')),
    join(place, 'node_modules/@tensorflow/tfjs-core'),
  );
}

export function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** An addon without functions, as Node loads it; it needs no headers. */
export const emptyAddon = 'void *napi_register_module_v1(void *env, void *exports) { return exports; }\n';

/** Compiles C into a shared library. @param flags - after the source, where libraries are named */
export function compile(path: string, source: string, flags: readonly string[] = []): void {
  mkdirSync(dirname(path), { recursive: true });
  const args = ['-shared', '-fPIC', '-o', path, '-x', 'c', '-', '-x', 'none', ...flags];
  const { status, stderr } = spawnSync('cc', args, { input: source, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cc failed: ${stderr}`);
}

/** Why tests that make shared libraries are left out; empty where they run. */
export function cannotCompile(): string {
  if (process.platform !== 'linux') return 'the messages and names of other systems are not known from a run';
  return spawnSync('cc', ['--version']).status === 0 ? '' : 'there is no C compiler';
}
