/**
 * Writes `files` and `splits` of the generated datasets' manifests again, after their generator or the packages that it needs
 * have changed. Everything else in a manifest is written by hand and kept.
 *
 *     node --conditions=unroll-source --import tsx datasets/scripts/write-generated-manifests.ts
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateNumbersDates } from '../src/numbers-dates/generate.js';

const generators = { 'numbers-dates': generateNumbersDates };

for (const [dataset, generate] of Object.entries(generators)) {
  const location = fileURLToPath(new URL(`../${dataset}/manifest.json`, import.meta.url));
  const manifest = JSON.parse(readFileSync(location, 'utf8'));
  const texts = generate();
  const [source, target] = manifest.languages as readonly [string, string];
  manifest.files = Object.entries(texts).map(([path, text]) => {
    return { path, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
  });
  manifest.splits = {};
  for (const split of ['train', 'valid', 'test']) {
    const side = (path: string) => ({ parts: [path], counts: countsOf(texts[path]!) });
    manifest.splits[split] = { ...side(`${split}.${source}`), target: side(`${split}.${target}`) };
  }
  writeFileSync(location, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function countsOf(text: string): Record<string, number> {
  return {
    bytes: Buffer.byteLength(text),
    characters: Array.from(text).length,
    words: text.split(/\s+/).filter(Boolean).length,
    lines: text.split('\n').length - 1,
  };
}
