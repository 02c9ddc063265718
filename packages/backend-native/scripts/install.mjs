// Builds the native engine. Runs when the package is installed, so it never fails an installation: without a compiler
// it says what to install, and unroll computes in plain JavaScript.
//
//   node scripts/install.mjs              with oneDNN where it is installed, else our own matrix products
//   node scripts/install.mjs --portable   never with oneDNN; chosen at run time by UNROLL_NATIVE_BUILD=portable
//   node scripts/install.mjs --address    like --portable, with AddressSanitizer and UndefinedBehaviorSanitizer; UNROLL_NATIVE_BUILD=address
//   node scripts/install.mjs --strict     exits 1 when the engine could not be built
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { findOneDnn } from './onednn.mjs';
import { filesBelow, packageRoot } from './sources.mjs';

const strict = process.argv.includes('--strict');
const variant = ['portable', 'address'].find((name) => process.argv.includes(`--${name}`)) ?? 'native';
const addonName = variant === 'native' ? 'unroll' : `unroll_${variant}`;
const outputFolder = join(packageRoot, 'build', variant);
const binary = join(outputFolder, 'unroll.node');
const stamp = join(outputFolder, 'built-from.sha256');
// Says why there is nothing to build with; the workspace's tests then leave the engine out. A build that failed leaves none.
const cannotBuild = join(outputFolder, 'cannot-build.txt');
const nodePrefix = dirname(dirname(process.execPath));

function runs(command, args) {
  const result = spawnSync(command, args, { stdio: 'ignore' });
  return result.status === 0;
}

function findCompiler() {
  const named = process.env.CXX ? [process.env.CXX] : [];
  return [...named, 'g++', 'c++', 'clang++'].find((compiler) => runs(compiler, ['--version']));
}

function fingerprint(variables) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([variables, process.platform, process.arch, process.env.CXX, process.env.CXXFLAGS]));
  for (const path of ['binding.gyp', ...filesBelow('native/include', /./), ...filesBelow('native/src', /./)]) {
    hash.update(`\0${path}\0`).update(readFileSync(join(packageRoot, path)));
  }
  return hash.digest('hex');
}

function isCurrent(wanted) {
  return existsSync(binary) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/** node-gyp's arguments; headers come from the running Node when it was installed with them. */
function gyp(step, extra) {
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const headers = existsSync(join(nodePrefix, 'include/node/node_api.h')) ? [`--nodedir=${nodePrefix}`] : [];
  const env = { ...process.env, PATH: dirname(process.execPath) + delimiter + process.env.PATH };
  const args = [nodeGyp, step, '--loglevel=error', ...headers, ...extra];
  return spawnSync(process.execPath, args, {
    cwd: packageRoot,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 900_000,
  });
}

function compile(variables) {
  const definitions = Object.entries({ ...variables, addon_name: addonName }).map(
    ([key, value]) => `-D${key}=${value}`,
  );
  const configured = gyp('configure', ['--', ...definitions]);
  if (configured.status !== 0) return configured;
  return gyp('build', ['-j', '2']);
}

/** The binary gets its place by a rename, so that a process that uses the old one keeps it. */
function publish(wanted) {
  mkdirSync(outputFolder, { recursive: true });
  const fresh = join(outputFolder, `unroll.${process.pid}.node`);
  copyFileSync(join(packageRoot, 'build', 'Release', `${addonName}.node`), fresh);
  renameSync(fresh, binary);
  writeFileSync(stamp, wanted);
  rmSync(cannotBuild, { force: true });
}

function giveUp(reason, details = '') {
  rmSync(binary, { force: true });
  rmSync(stamp, { force: true });
  rmSync(cannotBuild, { force: true });
  if (details !== '') process.stderr.write(`${details.trimEnd().split('\n').slice(-25).join('\n')}\n`);
  process.stderr.write(
    `unroll: the native engine was not built: ${reason}. unroll works without it, much more slowly.\n`,
  );
  process.exitCode = strict ? 1 : 0;
}

function missingTool(compiler) {
  const install =
    process.platform === 'darwin'
      ? 'xcode-select --install'
      : 'sudo apt-get install g++ make python3 libdnnl-dev (Debian, Ubuntu; libdnnl-dev is for processors with AMX and for arm64)';
  if (process.platform === 'win32') return 'it needs GCC or Clang; on Windows use the Windows Subsystem for Linux';
  if (compiler === undefined) return `no C++ compiler was found; install one: ${install}`;
  if (!runs('make', ['--version'])) return `make was not found; install it: ${install}`;
  if (![process.env.PYTHON, 'python3', 'python'].some((name) => name && runs(name, ['--version'])))
    return `python3, which node-gyp needs, was not found; install it: ${install}`;
  return undefined;
}

function prebuilt() {
  return existsSync(join(packageRoot, 'prebuilds', `${process.platform}-${process.arch}`, 'unroll.node'));
}

function main() {
  if (variant === 'native' && prebuilt()) return;
  const compiler = findCompiler();
  const missing = missingTool(compiler);
  if (missing !== undefined) {
    giveUp(missing);
    mkdirSync(outputFolder, { recursive: true });
    writeFileSync(cannotBuild, `${missing}\n`);
    return;
  }
  const variables = variant === 'native' ? (findOneDnn(compiler) ?? { onednn: 0 }) : { onednn: 0 };
  if (variant === 'address') variables.sanitize = 'address,undefined';
  mkdirSync(join(packageRoot, 'build'), { recursive: true });
  withLock(join(packageRoot, 'build', 'install.lock'), () => {
    const wanted = fingerprint(variables);
    if (isCurrent(wanted)) return;
    const started = Date.now();
    const result = compile(variables);
    if (result.status !== 0) return giveUp('compiling it failed', `${result.stdout ?? ''}${result.stderr ?? ''}`);
    publish(wanted);
    const product = variables.onednn === 1 ? 'oneDNN' : 'its own matrix products';
    process.stdout.write(
      `unroll: built the native engine with ${product} in ${Math.round((Date.now() - started) / 1000)} s\n`,
    );
  });
}

try {
  main();
} catch (error) {
  giveUp(error.message);
}
