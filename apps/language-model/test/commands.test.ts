import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { makeText, run, shellCommand, succeed, tinyModel, Workplace, type Finished } from './command-line.js';

const place = new Workplace();
const model = place.path('model');
let text = '';
let trained: Finished;

beforeAll(async () => {
  text = place.write('tale.txt', makeText(120));
  trained = await succeed(['train', '--data', text, ...tinyModel, '--max-steps', '60', '--out', model, '--json']);
});
afterAll(() => place.remove());

const scoresSchema = z.object({
  tokens: z.int().positive(),
  lossNats: z.number().positive(),
  perplexity: z.number().min(1),
  bitsPerCharacter: z.number().positive(),
});

describe('train', () => {
  const conclusionSchema = z.strictObject({
    model: z.string(),
    reason: z.literal('max-steps'),
    steps: z.literal(60),
    epochs: z.int().min(0),
    parameterCount: z.int().positive(),
    elapsedSeconds: z.number().positive(),
    best: z.strictObject({ name: z.literal('loss'), score: z.number(), step: z.int() }),
    scores: z.strictObject({ valid: scoresSchema }),
  });

  test('--json prints the scores as one object, and learning has begun', () => {
    expect(trained).toMatchObject({ exitCode: 0, signal: null });
    const conclusion = conclusionSchema.parse(JSON.parse(trained.stdout));
    // An untrained model has about the logarithm of the vocabulary's size, 3.2 nats.
    expect(conclusion.scores.valid.lossNats).toBeLessThan(2.6);
    expect(conclusion.scores.valid.perplexity).toBeCloseTo(Math.exp(conclusion.scores.valid.lossNats), 6);
  });

  test('leaves a whole run folder', () => {
    const names = readdirSync(model);
    for (const name of [
      'config.json',
      'model.safetensors',
      'vocabulary.json',
      'log.jsonl',
      'run.json',
      'checkpoints',
    ]) {
      expect(names).toContain(name);
    }
    expect(names.some((name) => name.startsWith('events.out.tfevents.'))).toBe(true);
    expect(names).not.toContain('run.lock');
    const report = z.object({
      steps: z.literal(60),
      curves: z.object({ loss: z.object({ points: z.array(z.tuple([z.number(), z.number()])).length(60) }) }),
    });
    report.parse(JSON.parse(readFileSync(join(model, 'report.json'), 'utf8')));
    const html = readFileSync(join(model, 'report.html'), 'utf8');
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/(src|href)=|url\((?!#)|@import/);
    expect(readFileSync(join(model, 'report.md'), 'utf8')).toContain('## Sample: after');
  });

  test('with --quiet standard error stays empty', async () => {
    const out = place.path('quiet');
    const { exitCode, stdout, stderr } = await run([
      'train',
      '--data',
      text,
      ...tinyModel,
      '--max-steps',
      '2',
      '--out',
      out,
      '--quiet',
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^valid: tokens [\d,]+, loss nats [\d.]+, perplexity [\d.]+, bits per character [\d.]+\n$/);
  });

  test('reads standard input for -, and scores --valid', async () => {
    const valid = place.write('valid.txt', makeText(15));
    const out = place.path('piped');
    const args = ['train', '--data', '-', '--valid', valid, ...tinyModel, '--max-steps', '2', '--out', out, '--json'];
    const { exitCode, stdout } = await run(args, { input: makeText(40) });
    expect(exitCode).toBe(0);
    const { scores } = z.object({ scores: z.object({ valid: scoresSchema }) }).parse(JSON.parse(stdout));
    expect(scores.valid.tokens).toBe(makeText(15).length - 1);
  });

  test('a word model counts its characters as the text does', async () => {
    const out = place.path('words');
    const args = [
      'train',
      '--data',
      text,
      ...tinyModel,
      '--set',
      'text.unit=word',
      '--max-steps',
      '3',
      '--out',
      out,
      '--json',
    ];
    const { exitCode, stdout } = await run(args);
    expect(exitCode).toBe(0);
    const { scores } = z.object({ scores: z.object({ valid: scoresSchema }) }).parse(JSON.parse(stdout));
    expect(scores.valid.bitsPerCharacter).toBeLessThan(scores.valid.lossNats / Math.LN2);
    const scored = await run(['score', '--model', out, '--json'], { input: 'the whale swims to the volcano\n' });
    const { sentences } = z
      .object({
        sentences: z.array(z.object({ tokens: z.array(z.object({ token: z.string(), known: z.boolean() })) })),
      })
      .parse(JSON.parse(scored.stdout));
    expect(sentences[0]!.tokens.find(({ token }) => token === 'volcano')).toEqual(
      expect.objectContaining({ known: false }),
    );
  });
});

describe('evaluate', () => {
  test('--json prints one object with the scores, the same from a file and from a pipe', async () => {
    const [fromFile, fromPipe] = await Promise.all([
      run(['evaluate', '--model', model, '--data', text, '--json']),
      run(['evaluate', '--model', model, '--data', '-', '--json'], { input: makeText(120) }),
    ]);
    expect(fromFile.exitCode).toBe(0);
    const schema = scoresSchema.extend({ model: z.literal(model), data: z.literal(text) }).strict();
    const scores = schema.parse(JSON.parse(fromFile.stdout));
    expect(scores.tokens).toBe(makeText(120).length - 1);
    expect(JSON.parse(fromPipe.stdout)).toMatchObject(scoresSchema.parse(scores));
  });

  test('a dataset brings its splits', async () => {
    const { exitCode, stderr } = await run(['evaluate', '--model', model, '--data', 'moby-dick', '--split', 'dev']);
    expect(exitCode).toBe(1);
    expect(stderr).toBe('unroll: dataset moby-dick has no split dev; it has train, valid, test\n');
  });
});

describe('generate', () => {
  const generate = (...args: string[]) => run(['generate', '--model', model, '--length', '40', ...args]);

  test('the same seed writes the same text, another one another', async () => {
    const [first, second, third] = await Promise.all([
      generate('--seed', '3'),
      generate('--seed', '3'),
      generate('--seed', '4'),
    ]);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout).not.toBe(third.stdout);
    expect(first.stdout.length).toBe(41);
  });

  test('predict is the same command; a prompt comes first; greedy needs no seed', async () => {
    const [a, b] = await Promise.all([
      run(['predict', '--model', model, '--length', '20', '--greedy', '--prompt', 'the sea']),
      run(['generate', '--model', model, '--length', '20', '--top-k', '1', '--seed', '9', '--prompt', '-', '--json'], {
        input: 'the sea\n',
      }),
    ]);
    expect(a.stdout).toMatch(/^the sea.{20}\n$/s);
    const { text } = z
      .strictObject({ prompt: z.literal('the sea'), text: z.string(), seed: z.literal(9), length: z.literal(20) })
      .parse(JSON.parse(b.stdout));
    expect(`the sea${text}\n`).toBe(a.stdout);
  });

  test('a reader that has seen enough ends it quietly', () => {
    const command = `set -o pipefail; ${shellCommand} generate --model '${model}' --length 100000 2>&1 | head -c 30`;
    const started = Date.now();
    expect(execFileSync('bash', ['-c', command], { encoding: 'utf8' })).toHaveLength(30);
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});

describe('score', () => {
  test('gives each sentence a log-probability and a perplexity, from a file or a pipe', async () => {
    const lines = 'the whale swims to the bay, and then it sleeps.\neht elahw smiws ot eht yab, dna neht ti speels.\n';
    const [piped, fromFile] = await Promise.all([
      run(['score', '--model', model], { input: lines }),
      run(['score', '--model', model, place.write('lines.txt', lines), '--json']),
    ]);
    expect(piped.exitCode).toBe(0);
    const rows = piped.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.map((row) => row[2])).toEqual(lines.trimEnd().split('\n'));
    const [likely, unlikely] = rows.map((row) => Number(row[0]));
    expect(likely!).toBeGreaterThan(unlikely!);
    const { sentences } = z
      .object({ sentences: z.array(z.object({ logProbability: z.number(), perplexity: z.number() })) })
      .parse(JSON.parse(fromFile.stdout));
    expect(sentences.map(({ logProbability }) => logProbability.toFixed(4))).toEqual(rows.map((row) => row[0]));
  });
});

describe('ngram', () => {
  test('writes an ARPA file, and says how well it predicts held-out text', async () => {
    const lines = place.write('sentences.txt', 'One two three\ntwo one two\nthree one\n');
    const held = place.write('held.txt', 'one two one\n');
    const out = place.path('model.arpa');
    const flags = ['ngram', '--data', lines, '--valid', held, '--lowercase', '--order', '2', '--out', out];
    const [shown, json] = [await run(flags), await run([...flags, '--json'])];
    expect(shown.stdout).toMatch(/^1-grams: 6 {2}2-grams: 10\nvalidation perplexity \d\.\d\d of 4 words and ends, 0 /);
    expect(JSON.parse(json.stdout)).toMatchObject({ nGrams: [6, 10], valid: { sentences: 1, words: 4, unknown: 0 } });
    expect(readFileSync(out, 'utf8')).toMatch(/^\\data\\\nngram 1=6\nngram 2=10\n[^]*\tone two\n[^]*\\end\\\n$/);
  });

  test('asks for a text and a place', async () => {
    const [noData, noPlace] = [await run(['ngram']), await run(['ngram', '--data', text])];
    expect(noData).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/--data FILE/) as string });
    expect(noPlace).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/--out FILE/) as string });
  });
});

describe('inspect and doctor', () => {
  test('inspect shows configuration, parameters and files', async () => {
    const [inspected, shown] = await Promise.all([
      run(['inspect', '--model', model, '--json']),
      run(['inspect', '--model', model]),
    ]);
    const schema = z.strictObject({
      model: z.literal(model),
      config: z.looseObject({ seed: z.literal(1) }),
      parameters: z.array(z.strictObject({ name: z.string(), shape: z.array(z.int()), count: z.int() })),
      parameterCount: z.int(),
      metadata: z.record(z.string(), z.string()),
      files: z.record(z.string(), z.int()),
    });
    const { parameters, parameterCount, files } = schema.parse(JSON.parse(inspected.stdout));
    expect(parameters.find(({ name }) => name === 'layers.0.forward.recurrentKernel')).toEqual(
      expect.objectContaining({ shape: [12, 48], count: 576 }),
    );
    expect(parameterCount).toBe(parameters.reduce((sum, { count }) => sum + count, 0));
    expect(files['model.safetensors']).toBeGreaterThan(4 * parameterCount);
    expect(shown.stdout).toMatch(/layers\.0\.forward\.recurrentKernel +\[12, 48\] +576/);
  });

  test('doctor says what computes and why', async () => {
    const { exitCode, stdout } = await run(['doctor', '--json', '--quiet']);
    expect(exitCode).toBe(0);
    const schema = z.strictObject({
      version: z.string(),
      machine: z.looseObject({ Node: z.string(), memory: z.string() }),
      engine: z.strictObject({ name: z.enum(['native', 'cpu']), description: z.string(), reason: z.string() }),
      native: z.looseObject({ status: z.string() }),
      tensorflow: z.looseObject({ status: z.string(), GPU: z.string(), next: z.string() }),
      buildTools: z.looseObject({ 'C++ compiler': z.string() }),
      advice: z.array(z.string()),
    });
    const { engine, native } = schema.parse(JSON.parse(stdout));
    expect(engine.name === 'native').toBe(native['status'] === 'ready');
    const cpu = await run(['doctor', '--engine', 'cpu']);
    expect(cpu.stdout).toContain('asked for by --engine');
  });

  test('--engine tensorflow computes where doctor finds TensorFlow, and else says in one line what doctor says', async () => {
    const { tensorflow } = z
      .looseObject({ tensorflow: z.record(z.string(), z.string()) })
      .parse(JSON.parse((await succeed(['doctor', '--json', '--quiet'])).stdout));
    const command = ['--engine', 'tensorflow', '--json', '--quiet'];
    const [written, examined] = await Promise.all([
      run(['evaluate', '--model', model, '--data', text, ...command]),
      run(['doctor', ...command]),
    ]);
    const ready = tensorflow['status'] === 'ready';
    const reason = tensorflow['status']!.replace('missing: ', '');
    const message = `unroll: the tensorflow engine is not available: ${reason}; ${tensorflow['next']}, or use --engine native`;
    for (const { exitCode, stderr } of [written, examined]) {
      // TensorFlow tells of oneDNN when it is loaded
      const complaints = stderr.split('\n').filter((line) => line !== '' && !/absl::InitializeLog|oneDNN/.test(line));
      expect({ exitCode, complaints }).toEqual(
        ready ? { exitCode: 0, complaints: [] } : { exitCode: 1, complaints: [message] },
      );
    }
    const description = /"tensorflow: \d+\.\d+\.\d+\S*, [CG]PU, float32 \(@tensorflow\/tfjs-node(-gpu)?\)"/;
    expect(examined.stdout).toMatch(ready ? description : /^$/);
  });

  test('without the native engine a run goes on in plain JavaScript and says what to install; asked for, it fails', async () => {
    const env = { UNROLL_NATIVE_BUILD: 'never-built' };
    const [fallback, wanted] = await Promise.all([
      run(['generate', '--model', model, '--length', '5'], { env }),
      run(['generate', '--model', model, '--length', '5', '--engine', 'native'], { env }),
    ]);
    expect(fallback.exitCode).toBe(0);
    expect(fallback.stderr).toMatch(/^the native engine cannot run, so plain JavaScript computes.*install.*\n$/);
    expect(wanted.exitCode).toBe(1);
    expect(wanted.stderr).toMatch(/^unroll: the native engine is not available.*\n$/);
  });
});

describe('help and wrong usage', () => {
  test('help of the app and of each command', async () => {
    const [all, train] = await Promise.all([run(['--help']), run(['train', '--help'])]);
    expect(all).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of ['train', 'evaluate', 'generate|predict', 'score', 'inspect', 'doctor'])
      expect(all.stdout).toContain(name);
    for (const flag of [
      '--data',
      '--valid',
      '--preset',
      '--set',
      '--out',
      '--seed',
      '--engine',
      '--precision',
      '--threads',
      '--epochs',
      '--max-steps',
      '--resume',
      '--json',
      '--quiet',
    ]) {
      expect(train.stdout).toContain(flag);
    }
  });

  test.each([
    [[], /^unroll: name a command: train, .*--help\n$/],
    [['train', '--epoch', '3'], /unknown option '--epoch' \(Did you mean --epochs\?\)/],
    [['train'], /name what to learn from with --data/],
    [['train', '--resume', 'x', '--seed', '2'], /--seed cannot be changed with --resume/],
    [['evaluate', '--data', 'x'], /name the folder of a trained run with --model/],
  ] as const)('%j is exit code 2 and one line', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync('x')).toBe(false);
  });
});
