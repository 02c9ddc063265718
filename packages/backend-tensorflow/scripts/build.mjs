import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupFailure } from './failure.mjs';
import { run } from './processes.mjs';

const nodePrefix = dirname(dirname(process.execPath));

/** node-gyp's arguments; headers come from the running Node when it was installed with them. */
export function gypArguments(tfjs) {
  const headers = existsSync(join(nodePrefix, 'include/node/node_api.h')) ? [`--nodedir=${nodePrefix}`] : [];
  const definitions = {
    module_name: basename(tfjs.binding, '.node'),
    module_path: tfjs.bindingFolder,
    napi_build_version: /napi-v(\d+)/.exec(tfjs.bindingFolder)?.[1] ?? '8',
  };
  const variables = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`);
  return ['rebuild', '--jobs=2', '--loglevel=error', ...headers, '--', ...variables];
}

/**
 * Compiles tfjs-node's binding in the folder `stage`, whose `deps` are there already.
 *
 * @returns the path of the binding
 * @throws {SetupFailure}
 */
export async function build(tfjs, stage, signal) {
  const missing = missingTool();
  if (missing !== undefined) throw new SetupFailure(missing);
  for (const name of ['binding.gyp', 'binding', 'package.json', 'scripts']) {
    if (existsSync(join(tfjs.folder, name))) cpSync(join(tfjs.folder, name), join(stage, name), { recursive: true });
  }
  const header = 'block-signals.h';
  cpSync(fileURLToPath(new URL(header, import.meta.url)), join(stage, 'binding', header));
  appendFileSync(join(stage, 'binding', 'tfjs_binding.cc'), `\n#include "${header}"\n`);
  const env = { ...process.env, PATH: dirname(process.execPath) + delimiter + process.env.PATH };
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const result = await run(process.execPath, [nodeGyp, ...gypArguments(tfjs)], { cwd: stage, env, signal });
  const binding = join(stage, tfjs.bindingFolder, basename(tfjs.binding));
  const failed = result.code !== 0 ? 'compiling it failed' : 'node-gyp made no binding';
  if (result.code !== 0 || !existsSync(binding)) throw new SetupFailure(failed, `${result.stdout}${result.stderr}`);
  if (process.platform === 'darwin') await useLoaderPath(binding, signal);
  return binding;
}

/**
 * The libraries of a wheel for macOS have other names than binding.gyp knows; the binding looks for them where it lies, as
 * it does for the others.
 */
async function useLoaderPath(binding, signal) {
  const library = 'libtensorflow_cc.2.dylib';
  const change = ['-change', `@rpath/${library}`, `@loader_path/../../deps/lib/${library}`, binding];
  await run('install_name_tool', change, { signal });
}

function missingTool() {
  const install =
    process.platform === 'darwin' ? 'xcode-select --install' : 'sudo apt-get install g++ make python3 (Debian, Ubuntu)';
  // Visual Studio is not on the PATH; node-gyp knows where it is
  if (process.platform === 'win32') return undefined;
  const compilers = [process.env.CXX, 'g++', 'c++', 'clang++'].filter(Boolean);
  if (!compilers.some(works)) return `no C++ compiler was found; install one: ${install}`;
  if (!works('make')) return `make was not found; install it: ${install}`;
  const pythons = [process.env.PYTHON, 'python3', 'python'].filter(Boolean);
  return pythons.some(works) ? undefined : `python3, which node-gyp needs, was not found; install it: ${install}`;
}

function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Moves what tfjs-node gets to a folder of its own, with the paths that it will have there. */
export function collect(tfjs, stage, binding) {
  const tree = join(stage, 'tree');
  const place = join(tree, tfjs.bindingFolder);
  mkdirSync(place, { recursive: true });
  renameSync(binding, join(place, basename(binding)));
  if (process.platform === 'win32') {
    // Windows looks for a library beside the one that needs it
    cpSync(join(stage, 'deps', 'lib', 'tensorflow.dll'), join(place, 'tensorflow.dll'));
  }
  renameSync(join(stage, 'deps'), join(tree, 'deps'));
  return tree;
}
