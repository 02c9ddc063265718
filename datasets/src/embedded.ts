import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError } from '@unroll/core/errors';
import { storedProblem } from './checksum.js';
import { folderOf } from './registry.js';
import { insideFolder } from './safe-path.js';
import type { StoredFile } from './byte-sources.js';
import type { Manifest } from './manifest.js';

type PackageSource = Extract<Manifest['source'], { kind: 'package' }>;

/**
 * The files of a dataset that comes inside an installed package, read by path: its own programming interface parses
 * everything at once.
 *
 * @throws {DataError} `dataset/package` when the package is not installed, `dataset/checksum` when a file differs
 */
export async function packageFiles({ name, files }: Manifest, source: PackageSource): Promise<Map<string, StoredFile>> {
  const folder = join(packageRoot(source.package, name), ...source.folder.split('/'));
  return filesIn(folder, files, (problem) => {
    return `the dataset ${name} needs ${source.package} ${source.version}, but ${problem}; install that version again`;
  });
}

/**
 * The files of a dataset that lie in this package beside its manifest.
 *
 * @throws {DataError} `dataset/checksum` when a file differs
 */
export async function includedFiles(manifest: Manifest): Promise<Map<string, StoredFile>> {
  return filesIn(folderOf(manifest), manifest.files, (problem) => {
    return `the dataset ${manifest.name} comes with @unroll/datasets, but ${problem}; install that package again`;
  });
}

async function filesIn(
  folder: string,
  files: Manifest['files'],
  messageOf: (problem: string) => string,
): Promise<Map<string, StoredFile>> {
  const found = new Map<string, StoredFile>();
  for (const file of files) {
    const location = insideFolder(folder, file.path);
    // One at a time: a dataset may have hundreds of files, and the disk is the limit anyway.
    const problem = await storedProblem(location, file);
    if (problem !== undefined) throw new DataError('dataset/checksum', messageOf(`${location} ${problem}`));
    found.set(file.path, { location });
  }
  return found;
}

function packageRoot(packageName: string, dataset: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  } catch (error) {
    throw new DataError(
      'dataset/package',
      `the dataset ${dataset} comes inside the package ${packageName}, which is not installed; run \`npm install ${packageName}\``,
      { cause: error },
    );
  }
}
