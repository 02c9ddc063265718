import { expect, test } from 'vitest';
import { parseModel, serializeModel } from './model-file.js';
import { serializeSafetensors, type NamedArrays } from './safetensors.js';

const arrays: NamedArrays = {
  'head.bias': { dtype: 'float32', shape: [3], values: Float32Array.of(0.5, -1.25, 3) },
  'embedding.table': { dtype: 'float32', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) },
};

test('weights come back with their metadata', () => {
  const content = parseModel(serializeModel(arrays, { task: 'x' }), 'm');
  expect(content.arrays).toEqual(arrays);
  expect(content.metadata['task']).toBe('x');
});

test('a changed weight, a changed name and a cut file are noticed', () => {
  const bytes = serializeModel(arrays);
  const flipped = bytes.slice();
  flipped[flipped.length - 2]! ^= 0x10;
  const renamed = Buffer.from(Buffer.from(bytes).toString('latin1').replace('head.bias', 'head.bios'), 'latin1');
  const changed = expect.objectContaining({
    code: 'checkpoint/damaged',
    message: expect.stringMatching(/m\.bin was changed/) as string,
  });
  expect(() => parseModel(flipped, 'm.bin')).toThrow(changed);
  expect(() => parseModel(new Uint8Array(renamed), 'm.bin')).toThrow(changed);
  expect(() => parseModel(bytes.slice(0, -5), 'm.bin')).toThrow(
    expect.objectContaining({ code: 'checkpoint/damaged' }),
  );
});

test('files of other programs have no checksum', () => {
  expect(parseModel(serializeSafetensors(arrays), 'm').arrays).toEqual(arrays);
});
