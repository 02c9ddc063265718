import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { dataNamesOf } from './data-names.js';

const here = fileURLToPath(import.meta.url);

test('two files take the place of one, split by split; files keep their place for a later run', () => {
  const flags = { source: 'a.en', target: 'a.de', validSource: 'v.en', validTarget: 'v.de', test: 't.tsv' };
  expect(dataNamesOf(flags, true)).toEqual({
    data: 'a.en',
    target: 'a.de',
    valid: 'v.en',
    validTarget: 'v.de',
    test: 't.tsv',
  });
  const relative = here.slice(process.cwd().length + 1);
  expect(dataNamesOf({ data: relative, valid: '-' }, true)).toEqual({ data: here, valid: '-' });
  expect(dataNamesOf({}, true)).toEqual({});
});

test.each([
  [{ source: 'a' }, '--source needs --target: two files, line by line'],
  [{ testTarget: 'a' }, '--test-target needs --test-source: two files, line by line'],
  [{ data: 'a', source: 'b', target: 'c' }, 'with --data or with --source and --target, not both'],
  [
    { data: 'a', valid: 'v', validSource: 'b', validTarget: 'c' },
    'with --valid or with --valid-source and --valid-target',
  ],
] as const)('%j is told', (flags, message) => {
  expect(() => dataNamesOf(flags, true)).toThrow(message);
});

test('what an app means by a target is its own, where data is one file', () => {
  expect(dataNamesOf({ data: 'sales.csv', target: 'sold' }, false)).toEqual({ data: 'sales.csv' });
});
