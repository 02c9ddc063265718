import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from '@unroll/core';
import { listDatasets, manifestOf, openDataset, type Manifest, type ManifestText } from '@unroll/datasets';
import { readAll } from './look-alike.js';

const folder = fileURLToPath(new URL('..', import.meta.url));
const mirror = process.env['UNROLL_DATASETS_MIRROR'] ?? '';
/** Bytes that a test asks the network for. */
const tooLarge = 1e9;
const fetched = listDatasets().filter((name) => manifestOf(name).source.kind === 'fetched');
const embedded = listDatasets().filter((name) => manifestOf(name).source.kind !== 'fetched');

describe.each(listDatasets())('%s', (name) => {
  test('has a page about origin, licence, citation and traps', () => {
    const page = readFileSync(`${folder}${folderName(name)}/README.md`, 'utf8');
    for (const heading of ['Origin', 'Licence', 'Citation', 'Splits', 'Traps'])
      expect(page).toContain(`\n## ${heading}\n`);
  });

  test('comes with the published package', () => {
    expect(packedFiles()).toEqual(
      expect.arrayContaining(['manifest.json', 'README.md'].map((file) => `${folderName(name)}/${file}`)),
    );
  });
});

describe.each(embedded)('%s', (name) => {
  test('needs no network and holds what its manifest counts', async () => {
    await expectCounts(name, { mirror: '', cacheDirectory: '/dev/null/never' });
  });
});

describe.each(fetched)('%s', (name) => {
  test('holds what its manifest counts', async (context) => {
    if (mirror === '') context.skip('the real files are read only where UNROLL_DATASETS_MIRROR says where they are');
    const { files, source } = manifestOf(name);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const folderOfMirror = source.kind === 'fetched' ? `${mirror}/${source.mirror}` : mirror;
    if (bytes > tooLarge && !existsSync(folderOfMirror)) context.skip('too large to be fetched by a test');
    await expectCounts(name, { mirror });
  });
});

test('a chapter, and all addresses of a year, are in one split alone', () => {
  expect(splitsByNumber(manifestOf('moby-dick'), /chapter_(\d+)/, 20)).toEqual({ train: 18, valid: [10], test: [0] });
  expect(splitsByNumber(manifestOf('state-of-the-union'), /^(\d+)_/, 10)).toEqual({ train: 8, valid: [5], test: [0] });
});

test('no paragraph of a held-out chapter is also in a chapter to train on', async () => {
  const { splits } = await openDataset('moby-dick');
  const paragraphs = async (split: string): Promise<string[]> => {
    const lines = (await readAll(splits[split]!)).toString().split('\n');
    return lines.filter((line) => line.length > 80);
  };
  const train = new Set(await paragraphs('train'));
  expect(train.size).toBeGreaterThan(1500);
  for (const held of ['valid', 'test']) {
    const paragraphsHeld = await paragraphs(held);
    expect(paragraphsHeld.length).toBeGreaterThan(60);
    expect(paragraphsHeld.filter((line) => train.has(line))).toEqual([]);
  }
});

async function expectCounts(name: string, options: { mirror: string; cacheDirectory?: string }): Promise<void> {
  const { manifest, splits } = await openDataset(name, options);
  for (const [split, { counts }] of Object.entries(manifest.recordings?.splits ?? {})) {
    const rows = (await readAll(splits[split]!)).toString().trim().split('\n');
    expect(rows).toHaveLength(counts.recordings);
    expect(splits[split]!.size).toBe((await readAll(splits[split]!)).length);
    for (const { path } of rows.map((row) => JSON.parse(row) as { path: string }))
      expect(splits[split]!.files!.file(path)).toBeDefined();
  }
  for (const [split, described] of Object.entries(manifest.splits)) {
    const source = splits[split]!;
    await expectText(described, source, manifest);
    if (described.target === undefined) continue;
    await expectText(described.target, source.target!, manifest);
    // Line i of one belongs to line i of the other.
    expect(described.target.counts['lines']).toBe(described.counts['lines']);
    expect(source.languages).toEqual(manifest.languages);
  }
}

async function expectText({ counts, parts }: ManifestText, source: ByteSource, manifest: Manifest): Promise<void> {
  const content = await readAll(source);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  const lines = text.split('\n').length - 1;
  const words = text.split(/\s+/).filter(Boolean).length;
  const measured: Record<string, number> = {
    bytes: content.length,
    characters: Array.from(text).length,
    words,
    lines,
    // One end-of-sentence mark a line, where a line is a sentence.
    tokens: words + lines,
    documents: parts.length,
    ...taggedCounts(text, manifest),
  };
  expect(counts).toEqual(Object.fromEntries(Object.keys(counts).map((unit) => [unit, measured[unit]])));
  expect(source.size).toBe(content.length);
}

/** Of files with a token a line: empty lines end sentences; comments, and ranges and empty nodes of CoNLL-U are no tokens. */
function taggedCounts(text: string, { settings }: Manifest): Readonly<Record<string, number>> {
  const { format } = (settings?.['sequence-tagging']?.['data'] ?? {}) as { readonly format?: string };
  if (format !== 'conll' && format !== 'conllu') return {};
  const other = format === 'conllu' ? /^(#|\d+[-.]\d+\t)/ : undefined;
  const rows = text.split('\n').filter((line) => other?.test(line) !== true);
  const tokens = rows.filter((row) => row.trim() !== '').length;
  const sentences = rows.filter((row, index) => row.trim() !== '' && (rows[index + 1] ?? '').trim() === '').length;
  return { sentences, tokens };
}

/** The remainders that each held-out split has, and how many different ones train has. */
function splitsByNumber({ splits }: Manifest, pattern: RegExp, modulus: number): Record<string, unknown> {
  const found = Object.entries(splits).map(([split, { parts }]) => {
    const paths = parts.map((part) => (typeof part === 'string' ? part : part.file));
    const numbers = paths.flatMap((path) => pattern.exec(path)?.slice(1, 2) ?? []).map(Number);
    const remainders = [...new Set(numbers.map((number) => number % modulus))];
    return [split, split === 'train' ? remainders.length : remainders] as const;
  });
  return Object.fromEntries(found);
}

/** Variants share the folder of the dataset that they are made of. */
function folderName(name: string): string {
  const manifest = manifestOf(name);
  return manifest.variantOf ?? manifest.name;
}

let packed: string[] | undefined;

function packedFiles(): string[] {
  packed ??= (JSON.parse(packDryRun()) as [{ files: { path: string }[] }])[0].files.map(({ path }) => path);
  return packed;
}

function packDryRun(): string {
  const command = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  return execFileSync('npm', command, { cwd: folder, encoding: 'utf8' });
}
