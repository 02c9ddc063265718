import { expect, test } from 'vitest';
import { cuesOf, srtOf, vttOf } from './subtitles.js';

const spoken = (text: string, from: number, each = 0.4) =>
  text.split(' ').map((word, i) => ({ word, start: from + i * each, end: from + (i + 0.75) * each }));

test('cues are short, and none goes over a silence', () => {
  const words = [
    ...spoken('so this is a sentence of many words that nobody could read in a single line', 1),
    ...spoken('and & one <later>', 12),
  ];
  const cues = cuesOf(words);
  expect(cues.map(({ text }) => text)).toEqual([
    'so this is a sentence of many words that',
    'nobody could read in a single line',
    'and & one <later>',
  ]);
  expect(cues[2]).toMatchObject({ start: 12, end: 13.5 });
  expect(cuesOf(spoken('slow words', 0, 7)).map(({ text }) => text)).toEqual(['slow', 'words']);
  expect(cuesOf([])).toEqual([]);
});

test('files of both forms', () => {
  const cues = [
    { start: 3661.0496, end: 3662, text: 'one < two' },
    { start: 3663, end: 3664.5, text: 'three' },
  ];
  expect(srtOf(cues)).toBe('1\n01:01:01,050 --> 01:01:02,000\none < two\n\n2\n01:01:03,000 --> 01:01:04,500\nthree\n');
  expect(vttOf(cues)).toBe(
    'WEBVTT\n\n01:01:01.050 --> 01:01:02.000\none &lt; two\n\n01:01:03.000 --> 01:01:04.500\nthree\n',
  );
});
