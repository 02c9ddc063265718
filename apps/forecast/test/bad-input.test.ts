import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvOf, run, shopCsv, shopFlags, shopRows, succeed, tinyModel, Workplace } from './command-line.js';

const place = new Workplace();
const run1 = place.path('trained');
let sales = '';

beforeAll(async () => {
  sales = place.write('sales.csv', shopCsv({ days: 120 }));
  const flags = [
    ...shopFlags,
    '--known',
    'promotion',
    '--model',
    'mqrnn',
    '--set',
    'model.hiddenSize=6',
    '--epochs',
    '1',
  ];
  await succeed(['train', '--data', sales, ...flags, '--out', run1, '--quiet']);
});
afterAll(() => place.remove());

const days = (count: number) => shopRows({ days: count, shops: ['north'] });
const lines = (...rows: readonly string[]) => `${rows.join('\n')}\n`;
const numbered = (count: number, value: (i: number) => unknown) =>
  lines('date,y', ...days(count).map((row, i) => `${row.slice(0, 10)},${String(value(i))}`));

/** What `train` says of a file; it must be one line and leave no run folder. */
async function complaint(content: string, ...flags: readonly string[]) {
  const file = place.write(`bad-${readdirSync(place.folder).length}.csv`, content);
  const out = place.path(`out-${readdirSync(place.folder).length}`);
  const result = await run(['train', '--data', file, ...flags, '--out', out, '--quiet']);
  return { ...result, left: existsSync(out) };
}

const y = ['--time', 'date', '--target', 'y', '--horizon', '7', '--model', 'naive'];

describe('a file that cannot be learnt from is told in one line, and no run folder is left', () => {
  test.each([
    ['no time column', lines('a,b', '1,2', '3,4', '5,6'), ['--target', 'b', '--model', 'naive'], /no column of times/],
    [
      'a time column by another name',
      numbered(50, (i) => i),
      ['--time', 'when', '--target', 'y'],
      /no column "when" \(--time\)/,
    ],
    [
      'an unreadable stamp',
      numbered(50, (i) => i).replace('2023-01-20', '2023-13-20'),
      y,
      /bad-.*csv.*(row|line) 21.*2023-13-20/,
    ],
    [
      'mixed frequencies',
      lines(
        'date,y',
        ...days(30).map((row) => `${row.slice(0, 10)},1`),
        ...Array.from(
          { length: 30 },
          (_, i) => `2023-02-01T${String(i % 24).padStart(2, '0')}:${i % 2 ? '07' : '31'}:00,2`,
        ),
      ),
      y,
      /.+/,
    ],
    [
      'a horizon longer than the history',
      numbered(10, (i) => i),
      [...y.slice(0, 4), '--horizon', '50', '--model', 'naive'],
      /10 steps|too (short|few)|horizon/,
    ],
    ['nothing but missing values', numbered(50, () => ''), y, /no series has a value|not one value|missing/],
    [
      'negative values with a likelihood of counts',
      numbered(80, (i) => i - 3),
      [...y.slice(0, 6), '--model', 'deepar', '--set', 'model.likelihood=poisson', '--set', 'scaling=none'],
      /negative|counts/,
    ],
    ['ragged rows', `${numbered(20, (i) => i)}2023-05-01,3,4\n`, y, /line 22/],
    ['a quote that never ends', `${numbered(20, (i) => i)}2023-05-01,"3\n`, y, /quote|line 22/i],
    ['one row', lines('date,y', '2023-01-01,5'), y, /frequency of|one row|1 row|too short|1 step/i],
    ['infinity', numbered(50, (i) => (i === 8 ? 'Infinity' : i)), y, /line 10.*Infinity|Infinity.*line 10/],
    ['no file', '', ['--data', 'nowhere.csv'], /there is no file nowhere\.csv/],
    ['an empty file', '', y, /empty|no rows|nothing/i],
  ] as const)('%s', async (...[, content, flags, message]) => {
    const { exitCode, stdout, stderr, left } = await complaint(content, ...flags);
    expect({ stdout, left }).toEqual({ stdout: '', left: false });
    expect([1, 2]).toContain(exitCode);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^unroll: (?!this is a bug)/);
  });

  test('NaN is a missing value, a constant series is forecast, and both are said', async () => {
    const file = place.write(
      'constant.csv',
      numbered(60, (i) => (i === 8 ? 'NaN' : 4)),
    );
    const { exitCode, stdout, stderr } = await run(['forecast', '--model', 'naive', '--data', file, ...y.slice(0, 6)]);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[1]).toBe(',2023-03-02,4,4,4,4');
    expect(stderr).toMatch(/missing: 1 value of 60[^]*warning: constant: y/);
  });

  test('a target among the covariates under another name is warned about', async () => {
    const leak = lines('date,y,copy', ...days(60).map((row, i) => `${row.slice(0, 10)},${i * 3},${i * 6}`));
    const file = place.write('leak.csv', leak);
    const flags = ['--known', 'copy', '--time', 'date', '--target', 'y', '--horizon', '7'];
    const { stderr } = await run(['evaluate', '--model', 'naive', '--data', file, ...flags, '--baselines', 'none']);
    expect(stderr).toMatch(/warning: .*copy/);
  });
});

describe('a trained model and data that do not go together', () => {
  test.each([
    [
      'other columns',
      lines('date,shop,price', '2023-01-01,north,2', '2023-01-02,north,3'),
      /no column "(sold|promotion)"/,
    ],
    ['no future of a known covariate', csvOf(shopRows({ days: 60 })), /promotion.*2023-03-02|2023-03-02.*promotion/],
  ] as const)('%s', async (_, content, message) => {
    const file = place.write(`other-${content.length}.csv`, content);
    const { exitCode, stdout, stderr } = await run(['forecast', '--model', run1, '--data', file, '--quiet']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('what a forecast would replace stays where the forecast fails', async () => {
    const out = place.write('kept.csv', 'kept');
    const { exitCode } = await run(['forecast', '--model', run1, '--data', sales, '--out', out, '--quiet']);
    expect(exitCode).toBe(1);
    expect(place.read('kept.csv')).toBe('kept');
  });

  test.each([
    ['weights of nothing', 'model.safetensors', 'nonsense', /model\.safetensors/],
    ['series of another model', 'series.json', '{}', /series\.json/],
    ['no JSON', 'config.json', '{', /config\.json is no configuration of a forecasting model/],
  ] as const)('%s is told by its file', async (...[, name, content, message]) => {
    const folder = `damaged-${name}`;
    const { cpSync, writeFileSync } = await import('node:fs');
    cpSync(run1, place.path(folder), { recursive: true });
    writeFileSync(place.path(`${folder}/${name}`), content);
    const { exitCode, stderr } = await run(['forecast', '--model', place.path(folder), '--data', sales, '--quiet']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([
    [['evaluate', '--data', 'us-births'], /name a model with --model/],
    [
      ['evaluate', '--model', 'neive', '--data', 'x.csv'],
      /neither the folder of a trained run nor a baseline|no file x\.csv/,
    ],
    [['evaluate', '--model', 'naive'], /name what to score on with --data/],
    [['train', '--data', 'us-births', '--model', 'deeper'], /model\.name|model/],
    [['train', '--data', 'us-births', '--set', 'model.hidenSize=3'], /did you mean model\.hiddenSize/],
    [['forecast', '--model', 'naive', '--quantiles', '1.5'], /--quantiles needs numbers between 0 and 1/],
    [['evaluate', '--model', 'naive', '--data', 'us-births', '--baselines', 'nave'], /--baselines nave is no baseline/],
    [['train', '--resume', 'x', '--horizon', '3'], /horizon=3 cannot be set with --resume/],
  ] as const)('%j is wrong usage', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect({ exitCode: exitCode === 0, stdout }).toEqual({ exitCode: false, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('a likelihood of counts takes counts', async () => {
  const counts = place.write(
    'counts.csv',
    numbered(90, (i) => (i * i) % 7),
  );
  const flags = [
    ...y.slice(0, 6),
    '--model',
    'deepar',
    '--set',
    'model.likelihood=negative-binomial',
    '--set',
    'scaling=mean-absolute',
  ];
  const args = [
    'train',
    '--data',
    counts,
    ...flags,
    ...tinyModel,
    '--epochs',
    '1',
    '--quiet',
    '--out',
    place.path('counts'),
  ];
  expect(await run(args)).toMatchObject({ exitCode: 0, stderr: '' });
});
