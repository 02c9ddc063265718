import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  conll,
  finished,
  makeSentences,
  readLog,
  start,
  succeed,
  tinyModel,
  trainTwice,
  Workplace,
} from './command-line.js';

const place = new Workplace();
const model = place.path('model');
const columns = ['--token', '1', '--feature', '2', '--tag', '3'];
const held = makeSentences(12, 200);
let [train, valid, test1] = ['', '', ''];
let trained = { stdout: '', stderr: '' };

beforeAll(async () => {
  train = place.write('train.conll', conll(makeSentences(120)));
  valid = place.write('valid.conll', conll(makeSentences(20, 120)));
  test1 = place.write('test.conll', conll(held));
  const data = ['--data', train, '--valid', valid, '--test', test1, ...columns];
  trained = await succeed([
    'train',
    ...data,
    ...tinyModel,
    '--epochs',
    '8',
    '--threads',
    '1',
    '--out',
    model,
    '--json',
  ]);
});
afterAll(() => place.remove());

const share = z.number().min(0).max(1);
const scores = { tokens: z.int().min(1), accuracy: share, precision: share, recall: share, f1: share };

describe('train', () => {
  test('--json says what came out, and --test is scored', () => {
    const conclusion = z
      .looseObject({
        model: z.literal(model),
        reason: z.enum(['completed', 'early-stopping']),
        scores: z.strictObject({ valid: z.strictObject(scores), test: z.strictObject(scores) }),
      })
      .parse(JSON.parse(trained.stdout));
    expect(conclusion.scores.test.tokens).toBe(held.flat().length);
    expect(conclusion.scores.test.f1).toBeGreaterThan(0.95);
    expect(trained.stderr).toContain('120 sentences of ');
    expect(trained.stderr).toContain('3: 8 tags, iob2 learnt as iobes');
  });

  test('the report has the baselines, the confusion and sentences in colour, and is one file', () => {
    const [markdown, html] = [place.read('model', 'report.md'), place.read('model', 'report.html')];
    for (const text of [markdown, html]) {
      expect(text).toContain('most-frequent');
      expect(text).toContain('feature-crf');
      expect(text).toContain('Evaluation');
    }
    expect(html.match(/<p class="sentence"/g)).toHaveLength(held.length);
    expect(html).toContain('<table class="matrix">');
    expect(html).toMatch(/<span class="token" title="B-PER · p = [\d.]+" tabindex="0" data-a="[\d ]+">/);
    expect(html).not.toMatch(/(src|href)=|url\((?!#)|@import/);
    expect(place.read('model', 'report.json')).not.toContain('<p class');
    expect(JSON.parse(place.read('model', 'config.json'))).toMatchObject({
      data: { format: 'conll', token: '1', tags: ['3'], features: ['2'] },
    });
  });

  test('an interrupted run goes on as if nothing had been, by its own test file, too', async () => {
    const [whole, parts] = [place.path('whole'), place.path('parts')];
    const args = ['--data', train, '--test', test1, ...columns, ...tinyModel, '--epochs', '1000'];
    const { interrupted, resumed, unbroken } = await trainTwice({ start, succeed }, args, { parts, whole });
    expect(interrupted.exitCode).toBe(130);
    expect(interrupted.stderr).toContain(`go on with: unroll-tag train --resume ${parts}`);
    const scoresOf = ({ stdout }: { readonly stdout: string }) => (JSON.parse(stdout) as { scores: unknown }).scores;
    expect(scoresOf(resumed)).toEqual(scoresOf(unbroken));
    const losses = (folder: string) => readLog(folder).flatMap(({ type, loss }) => (type === 'step' ? [loss] : []));
    expect(losses(parts)).toEqual(losses(whole));
  });
});

describe('evaluate', () => {
  test('--json prints tokens, accuracy, precision, recall and F1, those of each column, and the baselines', async () => {
    const { stdout } = await succeed(['evaluate', '--model', model, '--data', test1, '--json']);
    const column = z.looseObject({
      ...scores,
      counted: z.literal('spans'),
      classes: z.record(z.enum(['PER', 'LOC']), z.looseObject({ f1: share })),
      unknownWords: z.looseObject({ tokens: z.int() }),
      calibration: z.looseObject({ tokens: z.looseObject({ expectedError: share }) }),
      confusion: z.looseObject({ tags: z.array(z.string()) }),
    });
    const result = z
      .looseObject({
        ...scores,
        model: z.literal(model),
        data: z.literal(test1),
        columns: z.record(z.literal('3'), column),
        baselines: z.looseObject({ 'most-frequent': z.looseObject(scores) }),
      })
      .parse(JSON.parse(stdout));
    const { test: reported } = (JSON.parse(trained.stdout) as { scores: Record<string, { f1: number }> }).scores;
    expect(result.f1).toBe(reported!.f1);
    expect(result.f1).toBeGreaterThan(result.baselines['most-frequent'].f1);
  });

  test('as text, with errors and a page', async () => {
    const page = place.path('evaluation.html');
    const wrong = place.write('wrong.conll', conll(held).replace('B-PER', 'B-LOC'));
    const args = [
      'evaluate',
      '--model',
      model,
      '--data',
      wrong,
      '--errors',
      '3',
      '--html',
      page,
      '--baselines',
      'none',
    ];
    const { stdout } = await succeed(args);
    expect(stdout).toMatch(/accuracy %\s+precision %/);
    expect(stdout).toMatch(/PER\s+\d/);
    expect(place.read('evaluation.html')).toContain('the file says B-LOC');
  });
});

describe('tag', () => {
  test('writes every line as it was, with one more column, and says the same to a file', async () => {
    const out = place.path('tagged.conll');
    const file = place.write('plain.conll', conll(held, [0, 1]));
    const [printed] = await Promise.all([
      succeed(['tag', '--model', model, file]),
      succeed(['predict', '--model', model, file, '--out', out]),
    ]);
    expect(place.read('tagged.conll')).toBe(printed.stdout);
    expect(printed.stdout).toBe(conll(held));
  });

  test('a file that has tags already keeps them', async () => {
    const { stdout } = await succeed(['tag', '--model', model, test1]);
    expect(stdout).toBe(conll(held, [0, 1, 2, 2]));
  });

  test('--probabilities are of tags and of spans, --n-best rows follow the best', async () => {
    const file = place.write('few.conll', conll(held.slice(0, 3), [0, 1]));
    const [{ stdout }, json] = await Promise.all([
      succeed(['tag', '--model', model, file, '--probabilities', '--n-best', '2']),
      succeed(['tag', '--model', model, file, '--json', '--n-best', '2']),
    ]);
    const rows = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' '));
    for (const [, , tag, probability, span, second] of rows) {
      expect(Number(probability)).toBeGreaterThan(0.5);
      expect(span === '_').toBe(tag === 'O');
      expect(second).toMatch(/^(O|[BI]-(PER|LOC))$/);
    }
    const { results } = z
      .looseObject({
        sentences: z.literal(3),
        results: z.array(
          z.looseObject({
            columns: z.record(
              z.string(),
              z.looseObject({
                tags: z.array(z.string()),
                probabilities: z.array(share),
                spans: z.array(z.looseObject({ type: z.string(), probability: share })),
                alternatives: z.array(z.looseObject({ probability: share })).length(2),
              }),
            ),
          }),
        ),
      })
      .parse(JSON.parse(json.stdout));
    const [first] = results;
    expect(first!.columns['3']!.tags).toEqual(held[0]!.map(([, , tag]) => tag));
    const [best, next] = first!.columns['3']!.alternatives;
    expect(best!.probability).toBeGreaterThan(next!.probability);
  });

  test('of standard input each sentence is answered before the next is there', async () => {
    const child = start(['tag', '--model', model, '-', '--quiet']);
    const ended = finished(child);
    let answered = '';
    child.stdout.on('data', (text: string) => (answered += text));
    for (let i = 0; i < 3; i++) {
      child.stdin.write(conll([held[i]!], [0, 1]));
      const expected = conll(held.slice(0, i + 1)).trimEnd();
      await expect.poll(() => answered.trimEnd(), { timeout: 30_000, interval: 10 }).toBe(expected);
    }
    child.stdin.end();
    expect(await ended).toMatchObject({ exitCode: 0, stderr: '', stdout: conll(held.slice(0, 3)) });
  });

  test('a reader that goes away, and a signal, leave no half file', async () => {
    const large = place.write('large.conll', conll(Array.from({ length: 300 }, () => held).flat(), [0, 1]));
    const child = start(['tag', '--model', model, large, '--quiet']);
    child.stdin.end();
    const gone = new Promise((resolve) => child.on('close', (exitCode) => resolve(exitCode)));
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await gone).toBe(0);
    const out = place.path('never.conll');
    const endless = start(['tag', '--model', model, '-', '--out', out, '--quiet']);
    const ended = finished(endless);
    endless.stdin.write(conll(held, [0, 1]));
    const begun = () => readdirSync(place.folder).some((name) => name.startsWith('never.conll.'));
    await expect.poll(begun, { timeout: 60_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    endless.kill('SIGINT');
    expect((await ended).exitCode).toBe(130);
    expect(readdirSync(place.folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  test('--html shows the entities of the file', async () => {
    const page = place.path('page.html');
    await succeed(['tag', '--model', model, test1, '--html', page, '--out', place.path('beside.conll'), '--quiet']);
    const html = place.read('page.html');
    expect(html.match(/<p class="sentence"/g)).toHaveLength(held.length);
    expect(html).toMatch(/<span class="span( unsure)?" style="--h:\d+;--p:[\d.]+" title="PER, \d+(\.\d)? % sure">/);
  });
});

describe('a model without features tags files of every format', () => {
  const other = place.path('other');
  beforeAll(async () => {
    await succeed(['train', '--data', train, '--tag', '3', ...tinyModel, '--epochs', '2', '--out', other, '--quiet']);
  });
  const tagged = async (format: string, input: string, ...flags: readonly string[]) =>
    (await succeed(['tag', '--model', other, '-', '--format', format, ...flags], { input })).stdout;
  const tag = String.raw`(O|[BI]-(PER|LOC))`;

  test('plain text is tokenised, a line a sentence', async () => {
    const stdout = await tagged('text', 'Ann Lee saw old Rome.\nLund calls Bath.\n');
    expect(stdout).toMatch(new RegExp(`^Ann\t${tag}\nLee\t${tag}\nsaw\t${tag}\n.*Rome\t${tag}\n\\.\t${tag}\n\n`, 's'));
    expect(stdout.match(/\n\n/g)).toHaveLength(2);
  });

  test('tsv gets a heading, JSON lines keys, CoNLL-U a note in its last column', async () => {
    const [tsv, jsonl, conllu] = await Promise.all([
      tagged('tsv', 'word\tpage\nAnn\t1\nsaw\t2\n\nLund\t3\n', '--token', 'word'),
      tagged('jsonl', '{"id":7,"tokens":["Ann","saw"]}\n{"tokens":[]}\n', '--probabilities'),
      tagged('conllu', '# text = Ann saw\n1-2\tAnnsaw\t_\t_\t_\t_\t_\t_\t_\t_\n1\tAnn\t_\tX\t_\t_\t0\t_\t_\t_\n2\tsaw\t_\tX\t_\t_\t1\t_\t_\tA=b\n\n'),
    ]); // prettier-ignore
    expect(tsv).toMatch(new RegExp(`^word\tpage\ttag\nAnn\t1\t${tag}\nsaw\t2\t${tag}\n\nLund\t3\t${tag}\n$`));
    const [first, second] = jsonl
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(first).toMatchObject({ id: 7, tokens: ['Ann', 'saw'], tag: [expect.any(String), expect.any(String)] });
    expect(second).toEqual({ tokens: [] });
    expect(conllu).toMatch(new RegExp(`\n1-2\tAnnsaw.*\n1\tAnn.*\ttag=${tag}\n2\tsaw.*\tA=b\\|tag=${tag}\n`));
  });
});

test('running text gets its casing and punctuation back', async () => {
  const speech = Array.from(
    { length: 40 },
    (_, i) => `My name is ${['Ann', 'Bo', 'Raj'][i % 3]}, and I am here. Who are you?`,
  );
  const text = place.write('speech.txt', `${speech.join('\n')}\n`);
  const folder = place.path('restores');
  // the best weights are those of the first column: evaluated once, at the end, both have been learnt
  const learning = ['--epochs', '30', '--set', 'training.evaluateEverySteps=150'];
  const flags = ['--format', 'text', ...tinyModel, ...learning, '--quiet'];
  await succeed(['train', '--data', text, ...flags, '--out', folder]);
  const { stdout } = await succeed(['tag', '--model', folder, '-'], {
    input: 'my name is raj and i am here who are you\n',
  });
  expect(stdout).toBe('My name is Raj, and I am here. Who are you?\n');
});

test('inspect shows the columns of tags', async () => {
  const { stdout } = await succeed(['inspect', '--model', model]);
  expect(stdout).toMatch(/3\s+iob2/);
});
