import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { distance } from 'fastest-levenshtein';
import { DataError } from '@unroll/core/errors';
import { parseManifest, type Manifest } from './manifest.js';

/** The folder of this package, which holds one folder a dataset: the same seen from `src` and from `dist`. */
const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** Names of all datasets that this package knows, in alphabetical order. */
export function listDatasets(): string[] {
  return readdirSync(packageFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(packageFolder, entry.name, 'manifest.json')))
    .map((entry) => entry.name)
    .sort();
}

/**
 * @param name - as `listDatasets` gives it
 * @throws {DataError} `dataset/unknown`, which names the nearest dataset
 */
export function manifestOf(name: string): Manifest {
  const known = listDatasets();
  if (!known.includes(name)) {
    const near = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
    throw new DataError(
      'dataset/unknown',
      `no dataset is called ${JSON.stringify(name)}; did you mean ${near}? Known: ${known.join(', ')}`,
    );
  }
  const path = join(packageFolder, name, 'manifest.json');
  const manifest = parseManifest(JSON.parse(readFileSync(path, 'utf8')), path);
  if (manifest.name !== name) throw new DataError('dataset/manifest', `${path} names itself ${manifest.name}`);
  return manifest;
}
