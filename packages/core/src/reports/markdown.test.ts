import { expect, test } from 'vitest';
import { collectCurves } from './curves.js';
import { renderMarkdown } from './markdown.js';
import { formatBytes, formatDuration, formatNumber, spacedName, type RunReport } from './report.js';

const report: RunReport = {
  title: 'language-modeling on tale.txt',
  command: 'unroll-lm train --data tale.txt',
  finishedAt: '2030-01-02T03:04:05.000Z',
  outcome: 'Training is complete.',
  elapsedSeconds: 125,
  peakMemoryBytes: 300 * 2 ** 20,
  steps: 1200,
  epochs: 2,
  parameterCount: 4321,
  summary: '900 characters',
  scores: { valid: { lossNats: 1.25, count: 90 }, test: { lossNats: 1.5, count: 80, perplexity: 4.4816 } },
  best: { name: 'bitsPerCharacter', score: 1.8, step: 1100 },
  curves: collectCurves([], 'bitsPerCharacter'),
  samples: [{ caption: 'greedy', text: 'a | b\n```\nc' }],
  config: { seed: 7 },
  environment: { engine: 'native | oneDNN' },
};

test('a report shows scores by split, the command, samples and the configuration', () => {
  const markdown = renderMarkdown(report);
  expect(markdown).toContain('| split | loss nats | count | perplexity |');
  expect(markdown).toContain('| valid | 1.25 | 90 |  |');
  expect(markdown).toContain('| test | 1.5 | 80 | 4.482 |');
  expect(markdown).toContain('- best validation bits per character 1.8 at step 1,100');
  expect(markdown).toContain('```sh\nunroll-lm train --data tale.txt\n```');
  expect(markdown).toContain('"seed": 7');
});

test('no text breaks out of its block or cell', () => {
  const markdown = renderMarkdown(report);
  expect(markdown).toContain('````text\na | b\n```\nc\n````');
  expect(markdown).toContain('| engine | native \\| oneDNN |');
});

test('numbers have four digits, durations two units, names spaces', () => {
  expect([1234567, 0.123456, 12.34567, 0.0000123, 23456.7, Number.NaN].map(formatNumber)).toEqual([
    '1,234,567',
    '0.1235',
    '12.35',
    '1.23e-5',
    '23,457',
    'NaN',
  ]);
  expect([0.4, 59, 61, 7300].map(formatDuration)).toEqual(['0 s', '59 s', '1 min 1 s', '2 h 1 min']);
  expect([512, 1536, 340.2 * 2 ** 20].map(formatBytes)).toEqual(['512 B', '1.5 KiB', '340.2 MiB']);
  expect(spacedName('bitsPerCharacter')).toBe('bits per character');
});

test("a task's own sections show their words, tables and pictures", () => {
  const section = {
    title: 'Backtest',
    paragraphs: ['deepar beats naive.', 'REF: a  b\nHYP: a  c'],
    tables: [{ caption: 'Errors', head: ['model', 'mse'], rows: [['a|b', '0.5']] }],
    pictures: [
      {
        name: 'fan-1',
        caption: 'series [1]',
        chart: { title: 't', x: { kind: 'time' }, y: { kind: 'number' }, layers: [] },
      },
    ],
  } as const;
  const markdown = renderMarkdown({ ...report, sections: [section] });
  expect(markdown).toContain(
    '## Backtest\n\ndeepar beats naive.\n\n```\nREF: a  b\nHYP: a  c\n```\n\nErrors\n\n| model | mse |\n| --- | --- |\n| a\\|b | 0.5 |\n\n![series  1 ](pictures/fan-1.svg)\n\n## Command',
  );
});
