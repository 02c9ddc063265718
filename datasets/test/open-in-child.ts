/**
 * Opens a dataset in a process of its own and prints what came of it as one JSON object.
 *
 *     open-in-child.ts MANIFEST CACHE
 */
import { readFileSync } from 'node:fs';
import { openManifest, parseManifest } from '@unroll/datasets';
import { readAll, sha256 } from './look-alike.js';

const [manifestPath = '', cacheDirectory = ''] = process.argv.slice(2);
const manifest = parseManifest(JSON.parse(readFileSync(manifestPath, 'utf8')), manifestPath);
try {
  const dataset = await openManifest(manifest, { mirror: '', cacheDirectory });
  const content = await readAll(dataset.files[manifest.files[0]!.path]!);
  process.stdout.write(JSON.stringify({ sha256: sha256(content) }));
} catch (error) {
  const { name, message, code } = error as Error & { code?: string };
  process.stdout.write(JSON.stringify({ name, message, code }));
}
