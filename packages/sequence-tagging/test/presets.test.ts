import { expect, test } from 'vitest';
import { findPreset, parseSequenceTaggingConfig, presets } from '@unroll/sequence-tagging';

test.each(Object.keys(presets))('%s is a whole configuration that can be saved and read back', (name) => {
  const config = parseSequenceTaggingConfig(findPreset(name));
  expect(parseSequenceTaggingConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

test('a preset that is not there is answered with the nearest', () => {
  expect(() => findPreset('conll2003')).toThrow(/there is no preset "conll2003"; did you mean conll2000\?/);
});

test('the published settings hold: random vectors, letters, and no preset reads a file of vectors', () => {
  for (const name of Object.keys(presets)) {
    const { words, characters } = parseSequenceTaggingConfig(findPreset(name)).model;
    expect(words.vectors).toBeNull();
    expect(characters.kind).not.toBe('none');
  }
  const { data, model } = parseSequenceTaggingConfig(findPreset('conll2000'));
  expect(data).toMatchObject({ token: '1', features: ['2'], tags: ['3'], trainedScheme: 'iobes' });
  expect(model.head).toBe('crf');
});
