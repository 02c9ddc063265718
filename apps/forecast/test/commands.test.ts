import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  csvOf,
  dateOf,
  readCsv,
  run,
  shopCsv,
  shopFlags,
  shopRows,
  succeed,
  tinyModel,
  Workplace,
} from './command-line.js';

const place = new Workplace();
const days = 200;
let sales = '';
const model = place.path('model');
const trainFlags = [...shopFlags, '--model', 'deepar', ...tinyModel, '--epochs', '3', '--threads', '1'];
let trained = { stdout: '', stderr: '' };

beforeAll(async () => {
  sales = place.write('sales.csv', shopCsv({ days }));
  trained = await succeed(['train', '--data', sales, ...trainFlags, '--out', model, '--json']);
});
afterAll(() => place.remove());

const scores = z.record(z.string(), z.number());
const metrics = z.record(z.string(), scores);

describe('train', () => {
  test('--json says what came out, and the test part is scored', () => {
    const conclusion = z.looseObject({
      model: z.literal(model),
      reason: z.enum(['completed', 'early-stopping']),
      steps: z.int().min(1),
      parameterCount: z.int().min(100),
      scores: z.strictObject({ test: z.looseObject({ mase: z.number(), mse: z.number(), coverage80: z.number() }) }),
    });
    expect(() => conclusion.parse(JSON.parse(trained.stdout))).not.toThrow();
    expect(trained.stderr).toContain('2 series of up to 200 steps, one every day');
  });

  test('the report has the backtest in words, tables and pictures, as pages and files', () => {
    const report = z
      .looseObject({ sections: z.tuple([z.looseObject({ pictures: z.array(z.looseObject({ name: z.string() })) })]) })
      .parse(JSON.parse(place.read('model', 'report.json')));
    const names = report.sections[0].pictures.map(({ name }) => name);
    expect(names).toEqual(['forecast-1', 'forecast-2', 'forecast-3', 'forecast-4', 'errors-by-step', 'residuals']);
    expect(readdirSync(place.path('model/pictures')).sort()).toEqual(
      names.flatMap((name) => [`${name}.png`, `${name}.svg`]).sort(),
    );
    const [markdown, html] = [place.read('model', 'report.md'), place.read('model', 'report.html')];
    for (const text of [markdown, html]) {
      expect(text).toContain('Backtest on the test part');
      expect(text).toMatch(/deepar (beats|is no better than|is worse than) /);
    }
    expect(markdown).toContain('](pictures/forecast-1.svg)');
    expect(html.match(/<svg/g)!.length).toBeGreaterThanOrEqual(names.length);
    expect(html).not.toMatch(/(src|href)=|url\((?!#)|@import/);
  });

  test('the same seed gives the same weights and scores, another seed others; ten steps and ten more are twenty', async () => {
    const [whole, parts, other] = [place.path('whole'), place.path('parts'), place.path('other')];
    const common = [
      'train',
      '--data',
      sales,
      ...trainFlags.slice(0, -4),
      '--epochs',
      '50',
      '--threads',
      '1',
      '--quiet',
    ];
    await Promise.all([
      succeed([...common, '--max-steps', '20', '--out', whole]),
      succeed([...common, '--max-steps', '10', '--out', parts]),
      succeed([...common, '--max-steps', '20', '--out', other, '--seed', '2']),
    ]);
    await succeed(['train', '--resume', parts, '--max-steps', '20', '--quiet']);
    const weights = (folder: string) => place.read(folder, 'checkpoints', 'step-000000020', 'parameters.safetensors');
    expect(weights('parts')).toBe(weights('whole'));
    expect(weights('other')).not.toBe(weights('whole'));
    const scoresOf = (folder: string) => (JSON.parse(place.read(folder, 'report.json')) as { scores: unknown }).scores;
    expect(scoresOf('parts')).toEqual(scoresOf('whole'));
  });

  test('a baseline has nothing to learn and is reported all the same', async () => {
    const folder = place.path('theta');
    const { stdout } = await succeed(['train', '--data', sales, ...shopFlags, '--model', 'theta', '--out', folder]);
    expect(stdout).toMatch(/^test: mase [\d.]+, smape /);
    expect(place.read('theta', 'report.md')).toContain('This model learns nothing beforehand; it was scored as it is.');
    const again = await run(['train', '--data', sales, ...shopFlags, '--model', 'theta', '--out', folder]);
    expect(again.stderr).toMatch(/holds a run already/);
    const { stdout: forecast } = await succeed(['forecast', '--model', folder, '--data', sales]);
    expect(forecast).toBe((await succeed(['forecast', '--model', 'theta', '--data', sales, ...shopFlags])).stdout);
  });
});

describe('evaluate', () => {
  test('--json prints the score of the model and of each baseline, by metric', async () => {
    const { stdout } = await succeed([
      'evaluate',
      '--model',
      model,
      '--data',
      sales,
      '--origins',
      '4',
      '--step',
      '3',
      '--json',
    ]);
    const result = z
      .strictObject({
        model: z.literal(model),
        name: z.literal('deepar'),
        data: z.literal(sales),
        split: z.literal('test'),
        horizon: z.literal(7),
        step: z.literal(3),
        origins: z.literal(4),
        windows: z.literal(8),
        units: z.literal('original'),
        seasonality: z.literal(7),
        metrics,
        byStep: z.record(z.string(), z.record(z.string(), z.array(z.number().nullable()).length(7))),
        bySeries: z.array(z.looseObject({ series: z.string(), scores })).length(2),
        comparison: z.looseObject({ against: z.string() }),
        verdict: z.string(),
      })
      .parse(JSON.parse(stdout));
    expect(Object.keys(result.metrics['mase']!)).toEqual(
      expect.arrayContaining(['model', 'naive', 'seasonal-naive', 'theta']),
    );
    expect(result.metrics['mase']!['seasonal-naive']!).toBeLessThan(result.metrics['mase']!['naive']!);
  });

  test('a baseline needs no run folder, and no other baselines', async () => {
    const args = [
      'evaluate',
      '--model',
      'seasonal-naive',
      '--data',
      '-',
      ...shopFlags,
      '--baselines',
      'none',
      '--json',
    ];
    const { stdout } = await succeed(args, { input: shopCsv({ days }) });
    expect(metrics.parse((JSON.parse(stdout) as { metrics: unknown }).metrics)['mae']).toEqual({
      model: expect.any(Number),
    });
  });

  test('several models are an ensemble beside its members; refitting fits again', async () => {
    const common = ['--data', sales, ...shopFlags, '--origins', '3', '--step', '5', '--json', '--baselines', 'drift'];
    const [ensemble, refitted] = await Promise.all([
      succeed(['evaluate', '--model', 'naive', '--model', 'theta', ...common]),
      succeed(['evaluate', '--model', model, '--refit', '2', ...common]),
    ]);
    const mae = metrics.parse((JSON.parse(ensemble.stdout) as { metrics: unknown }).metrics)['mae']!;
    expect(Object.keys(mae)).toEqual(['model', 'naive', 'theta', 'drift']);
    expect(mae['model']!).toBeLessThan(mae['naive']!);
    expect(JSON.parse(refitted.stdout)).toMatchObject({ name: 'deepar', origins: 3 });
  });

  test('on standardised data the mse of a forecast of the mean is about 1', async () => {
    const flat = place.write(
      'noise.csv',
      `y\n${Array.from({ length: 400 }, (_, i) => 5 + Math.sin(i * i)).join('\n')}\n`,
    );
    const args = ['evaluate', '--model', 'moving-average', '--data', flat, '--time', 'none', '--horizon', '5'];
    const { stdout } = await succeed([...args, '--units', 'standardised', '--json']);
    expect(metrics.parse((JSON.parse(stdout) as { metrics: unknown }).metrics)['mse']!['model']).toBeCloseTo(1, 0);
  });
});

describe('forecast', () => {
  test('a row a series and step, a column a quantile; predict is the same, to a file too, by the same seed', async () => {
    const out = place.path('next.csv');
    const common = ['--model', model, '--data', sales, '--quantiles', '0.05,0.5,0.95'];
    const [first, second] = await Promise.all([
      succeed(['forecast', ...common, '--seed', '3']),
      succeed(['predict', ...common, '--seed', '3', '--out', out]),
    ]);
    expect(second.stdout).toBe('');
    expect(place.read('next.csv')).toBe(first.stdout);
    const rows = readCsv(first.stdout);
    expect(first.stdout.split('\n')[0]).toBe('id,time,mean,q0.05,q0.5,q0.95');
    expect(rows.map(({ id, time }) => `${id} ${time}`)).toEqual(
      ['north', 'south'].flatMap((id) => Array.from({ length: 7 }, (_, i) => `${id} ${dateOf(days + i)}`)),
    );
    for (const row of rows) {
      expect(Number(row['q0.05'])).toBeLessThan(Number(row['q0.5']));
      expect(Number(row['q0.5'])).toBeLessThan(Number(row['q0.95']));
    }
  });

  test('a recursive model goes on beyond its horizon, a direct one says that it cannot', async () => {
    const direct = place.path('direct');
    const flags = [...shopFlags, '--model', 'mqrnn', '--set', 'model.hiddenSize=6', '--epochs', '1', '--quiet'];
    await succeed(['train', '--data', sales, ...flags, '--out', direct]);
    const [long, tooLong] = await Promise.all([
      succeed(['forecast', '--model', model, '--data', sales, '--horizon', '30']),
      run(['forecast', '--model', direct, '--data', sales, '--horizon', '30', '--quiet']),
    ]);
    expect(readCsv(long.stdout)).toHaveLength(60);
    expect(tooLong).toMatchObject({ exitCode: 1, stdout: '' });
    expect(tooLong.stderr).toMatch(/^unroll: mqrnn was trained to forecast 7 steps .* 30 are too many.*\n$/);
  });

  test('rows in pieces, by update, give the forecast of all rows at once', async () => {
    const rows = shopRows({ days });
    const early = rows.filter((row) => row < dateOf(120));
    const late = rows.filter((row) => row >= dateOf(120));
    const before = await run(['forecast', '--model', model]);
    expect(before).toMatchObject({ exitCode: 2, stdout: '' });
    expect(before.stderr).toContain('show the model its rows first: update --model');
    await succeed(['update', '--model', model, '--data', place.write('early.csv', csvOf(early))]);
    for (const [i, piece] of [late.slice(0, 1), late.slice(1, 50), late.slice(50)].entries()) {
      const { stdout } = await succeed(['update', '--model', model, '--data', '-', '--json'], { input: csvOf(piece) });
      expect(JSON.parse(stdout)).toMatchObject({ rows: [1, 49, 110][i] });
    }
    const [live, whole] = await Promise.all([
      succeed(['forecast', '--model', model, '--quiet']),
      succeed(['forecast', '--model', model, '--data', sales, '--quiet']),
    ]);
    expect(live).toEqual(whole);
  });

  test('conformal intervals of a run are those of its calibration', async () => {
    const folder = place.path('conformal');
    await succeed([
      'train',
      '--data',
      sales,
      ...shopFlags,
      '--model',
      'naive',
      '--conformal',
      '--out',
      folder,
      '--quiet',
    ]);
    expect(existsSync(place.path('conformal/conformal.json'))).toBe(true);
    const [corrected, plain] = await Promise.all([
      succeed(['forecast', '--model', folder, '--data', sales]),
      succeed(['forecast', '--model', 'naive', '--data', sales, ...shopFlags]),
    ]);
    const width = (text: string) =>
      readCsv(text).reduce((sum, row) => sum + Number(row['q0.9']) - Number(row['q0.1']), 0);
    expect(width(corrected.stdout)).not.toBeCloseTo(width(plain.stdout), 1);
    expect(readCsv(corrected.stdout).map(({ mean }) => mean)).toEqual(readCsv(plain.stdout).map(({ mean }) => mean));
  });
});

describe('detect', () => {
  test('finds the day that is not like the others', async () => {
    const rows = shopRows({ days, shops: ['north'] });
    const [date, shop] = rows[150]!.split(',');
    const strange = place.write('strange.csv', csvOf(rows.with(150, `${date},${shop},140,0`)));
    const common = ['detect', '--model', 'theta', '--data', strange, ...shopFlags, '--from', 'test'];
    const all = ['detect', '--model', 'theta', '--data', strange, ...shopFlags, '--interval', '0.999'];
    const [found, asJson, quiet] = await Promise.all([
      succeed(all),
      succeed([...all, '--json']),
      succeed([...common, '--interval', '0.9999']),
    ]);
    const anomalies = readCsv(found.stdout);
    expect(anomalies.map(({ time }) => time)).toContain(dateOf(150));
    expect(anomalies.find(({ time }) => time === dateOf(150))).toMatchObject({
      id: 'north',
      actual: '140',
      anomaly: '1',
    });
    // the first has nothing before it, and theta no interval after less than three
    const object = z.looseObject({ points: z.literal(197), anomalies: z.literal(anomalies.length) });
    expect(() => object.parse(JSON.parse(asJson.stdout))).not.toThrow();
    expect(quiet.stdout).toBe('id,time,actual,expected,low,high,score,anomaly\n');
  });
});

describe('plot, inspect, doctor, help', () => {
  test('pictures by the ending of the file', async () => {
    const common = ['plot', '--model', 'theta', '--data', sales, ...shopFlags, '--quiet'];
    const [svg, png, html] = ['a.svg', 'a.png', 'a.html'].map((name) => place.path(name));
    await Promise.all([
      succeed([...common, '--out', svg!, '--series', 'south', '--kind', 'fan']),
      succeed([...common, '--out', png!, '--kind', 'residuals']),
      succeed([...common, '--out', html!]),
    ]);
    expect(place.read('a.svg')).toMatch(/^<svg .*80 % interval.*south, from 2023-/s);
    expect(place.read('a.png').slice(1, 4)).toBe('PNG');
    expect(place.read('a.html').match(/<figure/g)).toHaveLength(6);
    const wrong = await run([...common, '--out', place.path('a.gif')]);
    expect(wrong.stderr).toBe('unroll: say where to draw with --out FILE.svg, FILE.png or FILE.html\n');
    expect(existsSync(place.path('a.gif'))).toBe(false);
  });

  test('inspect shows what a run holds', async () => {
    const { stdout } = await succeed(['inspect', '--model', model, '--json']);
    const { files } = z.looseObject({ files: z.record(z.string(), z.int()) }).parse(JSON.parse(stdout));
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['series.json', 'model.safetensors', 'pictures/residuals.png']),
    );
  });

  test('help names every command and flag, and loads nothing', async () => {
    const [all, train] = await Promise.all([succeed(['--help']), succeed(['train', '--help'])]);
    for (const name of ['train', 'evaluate', 'forecast|predict', 'detect', 'update', 'plot', 'inspect', 'doctor'])
      expect(all.stdout).toContain(name);
    for (const flag of [
      '--time',
      '--target',
      '--id',
      '--known',
      '--past',
      '--static',
      '--frequency',
      '--horizon',
      '--context',
      '--quantiles',
    ])
      expect(train.stdout).toContain(flag);
  });
});
