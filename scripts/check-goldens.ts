/** Fails if a stored expected value does not name the script that made it. The rule is in golden-rules.ts. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkGolden } from './golden-rules.js';
import { listFiles, report, root } from './workspace.js';

const goldens = ['packages', 'apps', 'datasets', 'benchmarks']
  .flatMap(listFiles)
  .filter((path) => basename(dirname(path)) === 'golden');
const siblings = (path: string) =>
  goldens.filter((other) => dirname(other) === dirname(path)).map((other) => basename(other));

report(
  `${goldens.length} golden files`,
  goldens.flatMap((path) => checkGolden(path, readFileSync(join(root, path)), siblings(path))),
);
