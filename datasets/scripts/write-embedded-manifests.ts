/**
 * Writes `files` and `splits` of the embedded datasets' manifests again, after the package that they come from has
 * changed. Everything else in a manifest is written by hand and kept.
 *
 *     node --conditions=unroll-source --import tsx datasets/scripts/write-embedded-manifests.ts
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Rule {
  readonly dataset: string;
  /** which files belong, and in which order */
  readonly order: (path: string) => number | undefined;
  /** of the number that `order` gave */
  readonly splitOf: (number: number) => 'train' | 'valid' | 'test';
}

const mobyDick: Rule = {
  dataset: 'moby-dick',
  order(path) {
    if (path === 'epilogue.txt') return 136;
    const chapter = /^chapter_(\d+)\.txt$/.exec(path)?.[1];
    return chapter === undefined ? undefined : Number(chapter);
  },
  splitOf: (chapter) => (chapter % 20 === 0 ? 'test' : chapter % 20 === 10 ? 'valid' : 'train'),
};

const stateOfTheUnion: Rule = {
  dataset: 'state-of-the-union',
  order(path) {
    const year = /^(\d{4})_\w+\.txt$/.exec(path)?.[1];
    return year === undefined ? undefined : Number(year);
  },
  splitOf: (year) => (year % 10 === 0 ? 'test' : year % 10 === 5 ? 'valid' : 'train'),
};

const terminator = '\n';

for (const { dataset, order, splitOf } of [mobyDick, stateOfTheUnion]) {
  const location = fileURLToPath(new URL(`../${dataset}/manifest.json`, import.meta.url));
  const manifest = JSON.parse(readFileSync(location, 'utf8'));
  const root = dirname(createRequire(import.meta.url).resolve(`${manifest.source.package}/package.json`));
  const folder = join(root, manifest.source.folder);
  const listed = readdirSync(folder)
    .flatMap((path) => {
      const number = order(path);
      return number === undefined ? [] : [{ path, number, content: readFileSync(join(folder, path)) }];
    })
    .sort((a, b) => a.number - b.number || (a.path < b.path ? -1 : 1));
  manifest.source.version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  manifest.files = listed.map(({ path, content }) => {
    return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  manifest.splits = {};
  for (const split of ['train', 'valid', 'test'] as const) {
    const own = listed
      .filter(({ number }) => splitOf(number) === split)
      .map((file) => ({ ...file, range: body(file.content) }));
    const text = own
      .map(({ content, range: [start, end] }) => content.subarray(start, end).toString() + terminator)
      .join('');
    manifest.splits[split] = {
      terminator,
      counts: {
        bytes: Buffer.byteLength(text),
        characters: Array.from(text).length,
        words: text.split(/\s+/).filter(Boolean).length,
        documents: own.length,
      },
      parts: own.map(({ path, content, range }) =>
        range[1] - range[0] === content.length ? path : { file: path, range },
      ),
    };
  }
  writeFileSync(location, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The range without white space at the start, and with at most one line break at the end. */
function body(content: Buffer): [number, number] {
  const text = content.toString();
  const start = Buffer.byteLength(text) - Buffer.byteLength(text.trimStart());
  const end = start + Buffer.byteLength(text.trim());
  return [start, text.trim().includes('\n') && text.endsWith('\n') ? end + 1 : end];
}
