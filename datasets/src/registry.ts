import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { distance } from 'fastest-levenshtein';
import { DataError } from '@unroll/core/errors';
import { parseManifest, type Manifest, type Variant } from './manifest.js';

/** The folder of this package, which holds one folder a dataset: the same seen from `src` and from `dist`. */
const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** Names of all datasets that this package knows, in alphabetical order. */
export function listDatasets(): string[] {
  const folders = manifestFolders();
  return folders.flatMap((folder) => [folder, ...Object.keys(readManifest(folder).variants ?? {})]).sort();
}

/**
 * @param name - as `listDatasets` gives it
 * @throws {DataError} `dataset/unknown`, which names the nearest dataset
 */
export function manifestOf(name: string): Manifest {
  const folders = manifestFolders();
  if (folders.includes(name)) return readManifest(name);
  for (const folder of folders) {
    const manifest = readManifest(folder);
    const variant = manifest.variants?.[name];
    if (variant !== undefined) return variantOf(manifest, name, variant);
  }
  const known = listDatasets();
  const near = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
  throw new DataError(
    'dataset/unknown',
    `no dataset is called ${JSON.stringify(name)}; did you mean ${near}? Known: ${known.join(', ')}`,
  );
}

/** The folder of a dataset, or of the one that it is a variant of. */
export function folderOf({ name, variantOf: of }: Manifest): string {
  return join(packageFolder, of ?? name);
}

function variantOf(manifest: Manifest, name: string, variant: Variant): Manifest {
  const { splits, ...facts } = variant;
  const { recordings, variants: _, settings: __, ...shared } = manifest;
  if (recordings === undefined) throw new Error(`${manifest.name} has variants without recordings`);
  return { ...shared, ...facts, name, variantOf: manifest.name, recordings: { ...recordings, splits } };
}

function manifestFolders(): readonly string[] {
  return readdirSync(packageFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(packageFolder, entry.name, 'manifest.json')))
    .map((entry) => entry.name)
    .sort();
}

const read = new Map<string, Manifest>();

function readManifest(name: string): Manifest {
  const path = join(packageFolder, name, 'manifest.json');
  let manifest = read.get(name);
  if (manifest === undefined) {
    manifest = parseManifest(JSON.parse(readFileSync(path, 'utf8')), path);
    if (manifest.name !== name) throw new DataError('dataset/manifest', `${path} names itself ${manifest.name}`);
    read.set(name, manifest);
  }
  return manifest;
}
