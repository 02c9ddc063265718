import { expect, test } from 'vitest';
import { generatedFiles } from './generated.js';
import { manifestOf } from './registry.js';

const source = { kind: 'generated', generator: 'numbers-dates' } as const;

test('a generated file that is not what the manifest lists names Node and what to do', async () => {
  const manifest = manifestOf('numbers-dates');
  const [first, ...others] = manifest.files;
  const opening = generatedFiles({ ...manifest, files: [...others, { ...first!, sha256: '0'.repeat(64) }] }, source);
  await expect(opening).rejects.toMatchObject({
    code: 'dataset/checksum',
    message: expect.stringMatching(
      /^unroll: train\.en of the dataset numbers-dates has SHA-256 [0-9a-f]{64} where 0{64} is expected; Node \S+ \(ICU \S+\) .*another Node$/,
    ) as string,
  });
});
