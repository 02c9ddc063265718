import { expect, test } from 'vitest';
import { listDatasets, manifestOf } from './registry.js';

test('every dataset has a sound manifest of its own name', () => {
  expect(listDatasets()).toEqual(
    expect.arrayContaining(['etth1', 'm4-hourly', 'moby-dick', 'ptb', 'state-of-the-union', 'us-births']),
  );
  for (const name of listDatasets()) expect(manifestOf(name).name).toBe(name);
});

test.each([
  ['moby_dick', 'moby-dick'],
  ['mobydick', 'moby-dick'],
  ['penn', 'ptb'],
  ['../datasets/moby-dick', 'moby-dick'],
  ['', 'ptb'],
])('%j is unknown, and the nearest name is offered', (name, near) => {
  const message = `no dataset is called ${JSON.stringify(name)}; did you mean ${near}? Known: ${listDatasets().join(', ')}`;
  expect(() => manifestOf(name)).toThrow(message);
});
