import { expect, test } from 'vitest';
import { formatTable, replaceTable } from './markdown.js';

test('only what lies between the two marks of a table is replaced', () => {
  const page =
    'a\n\n<!-- speed: made -->\n\nold\n\n<!-- end of speed -->\n\nb\n<!-- results: made -->\n<!-- end of results -->\n';
  const updated = replaceTable(page, 'speed', '| new |');
  expect(updated).toBe(page.replace('old', '| new |'));
  expect(replaceTable(updated, 'speed', '| new |')).toBe(updated);
  expect(() => replaceTable(page, 'size', '')).toThrow('the page needs <!-- size: … -->');
});

test('the first row is the head, and columns are aligned', () => {
  expect(
    formatTable([
      ['a', 'long head'],
      ['1234', '2'],
    ]),
  ).toBe('| a    | long head |\n| ---- | --------- |\n| 1234 | 2         |');
});

test('a bar in a cell ends no cell', () => {
  expect(formatTable([['a|b', 'c']])).toBe('| a\\|b | c   |\n| ---- | --- |');
});
