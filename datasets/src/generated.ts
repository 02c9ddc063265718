import { createHash } from 'node:crypto';
import { DataError } from '@unroll/core/errors';
import type { LocalFile } from './byte-sources.js';
import type { Manifest } from './manifest.js';

type GeneratedSource = Extract<Manifest['source'], { kind: 'generated' }>;

/** Texts by the path of their file. */
export type GeneratedTexts = Readonly<Record<string, string>>;

/** Loaded when they are asked for, with the packages that they need. */
const generators: Readonly<Record<GeneratedSource['generator'], () => Promise<GeneratedTexts>>> = {
  'numbers-dates': async () => (await import('./numbers-dates/generate.js')).generateNumbersDates(),
};

/**
 * The files of a dataset that a function of this package writes, in memory.
 *
 * @throws {DataError} `dataset/checksum` when a file differs from what the manifest lists
 */
export async function generatedFiles(manifest: Manifest, source: GeneratedSource): Promise<Map<string, LocalFile>> {
  const texts = await generators[source.generator]();
  const found = new Map<string, LocalFile>();
  for (const file of manifest.files) {
    const content = new TextEncoder().encode(texts[file.path] ?? '');
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (sha256 !== file.sha256) {
      const { node, icu } = process.versions;
      throw new DataError(
        'dataset/checksum',
        `${file.path} of the dataset ${manifest.name} has SHA-256 ${sha256} where ${file.sha256} is expected; Node ${node} (ICU ${icu}) names months, days or numbers differently, or n2words is not the version that package.json asks for: install the dependencies again, or use another Node`,
      );
    }
    found.set(file.path, { content });
  }
  return found;
}
