import { describe, expect, test } from 'vitest';
import { parseManifest, splitParts, storedForms } from './manifest.js';

const sha256 = 'a'.repeat(64);

function draft(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'words',
    title: 'Words',
    description: 'Words.',
    licence: { id: 'CC0-1.0', note: 'None.' },
    citation: 'None.',
    source: { kind: 'fetched', mirror: 'words' },
    format: 'text',
    files: [
      { path: 'a.txt', bytes: 100, sha256, packed: { path: 'a.txt.gz', compression: 'gzip', bytes: 40, sha256 } },
      { path: 'folder/b.txt', bytes: 50, sha256, origin: 'https://example.org/b.txt' },
    ],
    splitBy: 'position',
    splits: {
      train: { parts: [{ file: 'a.txt', range: [0, 90] }, 'folder/b.txt'], terminator: '\n', counts: { bytes: 142 } },
      valid: { parts: [{ file: 'a.txt', range: [90, 100] }], counts: { bytes: 10, words: 2 } },
    },
    ...more,
  };
}

/** A split of one range. */
function split(range: [number, number], more = {}): Record<string, unknown> {
  return { parts: [{ file: 'a.txt', range }], counts: { bytes: range[1] - range[0] }, ...more };
}

describe('a manifest', () => {
  test('gives parts with their files and ranges, and forms with the packed one first', () => {
    const manifest = parseManifest(draft(), 'test');
    const parts = splitParts(manifest, manifest.splits['train']!);
    expect(parts.map(({ file, start, end }) => [file.path, start, end])).toEqual([
      ['a.txt', 0, 90],
      ['folder/b.txt', 0, 50],
    ]);
    expect(storedForms(manifest.files[0]!).map(({ path }) => path)).toEqual(['a.txt.gz', 'a.txt']);
  });

  test('may hold settings by task, which are kept as they are', () => {
    const settings = { forecasting: { data: { time: 'date', target: ['OT'] }, horizon: 96 } };
    expect(parseManifest(draft({ settings }), 'test').settings).toEqual(settings);
    expect(() => parseManifest(draft({ settings: { forecasting: 96 } }), 'test')).toThrow(/settings\.forecasting/);
  });

  test('may hold pairs of texts, each split with its target', () => {
    const splits = { train: { ...split([0, 60]), target: split([60, 100]) } };
    const { splits: parsed, languages } = parseManifest(draft({ splits, languages: ['en', 'de'] }), 'test');
    expect(parsed['train']!.target).toEqual({ ...split([60, 100]), terminator: '' });
    expect(languages).toEqual(['en', 'de']);
  });

  const file = { path: 'a.txt', bytes: 100, sha256 };
  test.each([
    ['an unknown key', { colour: 'red' }, /Unrecognized key.*colour/],
    [
      'a path that leaves the folder',
      { files: [{ ...file, path: '../a.txt' }] },
      /files\.0\.path: .*not a plain relative path/,
    ],
    ['a mirror folder that leaves the mirror', { source: { kind: 'fetched', mirror: '..' } }, /source\.mirror/],
    [
      'a package that is a path',
      { source: { kind: 'package', package: '../x', version: '1', folder: 'data' } },
      /source\.package/,
    ],
    ['an origin that is no web address', { files: [{ ...file, origin: 'file:///etc/passwd' }] }, /files\.0\.origin/],
    ['a checksum that is none', { files: [{ ...file, sha256: 'abc' }] }, /64 hexadecimal digits/],
    ['a negative size', { files: [{ ...file, bytes: -1 }] }, /files\.0\.bytes/],
    ['one path twice', { files: [file, { ...file, path: 'A.TXT' }] }, /a\.txt is listed twice/],
    [
      'an unlisted file',
      { splits: { train: { parts: ['c.txt'], counts: { bytes: 0 } } } },
      /c\.txt is not among the files/,
    ],
    [
      'a range outside its file',
      { files: [file], splits: { train: split([50, 101]) } },
      /range 50-101 is not inside a\.txt/,
    ],
    [
      'a backward range',
      { files: [file], splits: { train: split([60, 50], { counts: { bytes: 0 } }) } },
      /range 60-50/,
    ],
    [
      'a wrong sum',
      { files: [file], splits: { train: split([0, 50], { counts: { bytes: 51 } }) } },
      /counts\.bytes is 51, its parts hold 50/,
    ],
    [
      'splits that share a byte',
      { files: [file], splits: { train: split([0, 51]), valid: split([50, 100]) } },
      /train and valid both hold byte 50/,
    ],
    [
      'pairs of texts without their languages',
      { splits: { train: { ...split([0, 50]), target: split([50, 100]) } } },
      /languages: a split has a target/,
    ],
    [
      'a target that is another split',
      {
        splits: { train: { ...split([0, 50]), target: split([50, 100]) }, test: split([99, 100]) },
        languages: ['a', 'b'],
      },
      /train\.target and test both hold byte 99/,
    ],
    [
      'a wrong sum of a target',
      {
        splits: { train: { ...split([0, 50]), target: split([50, 100], { counts: { bytes: 49 } }) } },
        languages: ['a', 'b'],
      },
      /train\.target: counts\.bytes is 49, its parts hold 50/,
    ],
    ['a generator that is not there', { source: { kind: 'generated', generator: 'poems' } }, /source\.generator/],
    [
      'splits of which one contains another',
      { files: [file], splits: { train: split([0, 100]), valid: split([10, 20]), test: split([30, 40]) } },
      /train and valid both hold byte 10 of a\.txt; splits: train and test both hold byte 30/,
    ],
  ])('is refused with %s', (_what, more, message) => {
    const parse = (): unknown => parseManifest(draft(more), 'words/manifest.json');
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^unroll: words\/manifest\.json is not a dataset manifest: [^\n]*$/);
  });
});
