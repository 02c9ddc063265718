import { readFileSync } from 'node:fs';
import { writeWav } from '@unroll/audio-recognition';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { SpottingEvaluation } from '../src/spotting/evaluate-spotting.js';
import {
  finished,
  hum,
  readLog,
  sampleRate,
  small,
  start,
  succeed,
  trainTwice,
  Workplace,
  writeClips,
  writeSpoken,
} from './command-line.js';

const place = new Workplace();
const words = ['ab', 'ba', 'cad'];
const [labels, spoken, voices] = ['labels', 'spoken', 'voices'].map((name) => place.path(`model-${name}`)) as [
  string,
  string,
  string,
];
let [clips, test1, list] = ['', '', ''];
let trained = { stdout: '', stderr: '' };

const share = z.number().min(0).max(1);
const named = ['--pattern', '{label}/{speaker}-{take}.wav', '--split-by', 'recording'];

beforeAll(async () => {
  clips = writeClips(place, 'clips', { words, takes: 8 });
  test1 = writeClips(place, 'test', { words, takes: 2, from: 50 });
  list = writeSpoken(place, 'spoken', { count: 120 });
  writeSpoken(place, 'heard', { count: 12, from: 500 });
  const common = ['--threads', '1', '--quiet'];
  const streaming = [
    '--direction',
    'forward',
    '--split-by',
    'recording',
    '--set',
    'training.optimizer.learningRate=0.01',
  ];
  [trained] = await Promise.all([
    succeed(['train', '--data', clips, '--test', test1, ...named, ...small, '--epochs', '6', '--threads', '1', '--out', labels, '--json']), // prettier-ignore
    succeed(['train', '--data', list, '--task', 'transcribe', ...small, ...streaming, '--set', 'model.hiddenSize=48', '--epochs', '20', ...common, '--out', spoken]), // prettier-ignore
  ]);
  await succeed(['train', '--data', clips, '--task', 'speaker', ...named, ...small, '--epochs', '3', ...common, '--out', voices]); // prettier-ignore
}, 120_000);
afterAll(() => place.remove());

describe('train', () => {
  test('--json says what came out, and --test is scored', () => {
    const scores = z.looseObject({ clips: z.int(), accuracy: share, macroF1: share });
    const conclusion = z
      .looseObject({ model: z.literal(labels), scores: z.strictObject({ valid: scores, test: scores }) })
      .parse(JSON.parse(trained.stdout));
    expect(conclusion.scores.test).toMatchObject({ clips: 12 });
    expect(conclusion.scores.test.accuracy).toBeGreaterThan(0.9);
    expect(trained.stderr).toContain('8,000 Hz, 20 features a frame, 3 labels');
  });

  test('the report has the confusion, spectrograms and sounds, and is one file', () => {
    const html = place.read('model-labels', 'report.html');
    expect(html).toContain('<table class="matrix">');
    expect(html).toContain('href="data:image/png;base64,');
    expect(html).toContain('<audio controls preload="none" src="data:audio/wav;base64,UklGR');
    expect(html).not.toMatch(/(src|href)="(?!data:)|url\((?!#)|@import/);
    const said = place.read('model-spoken', 'report.html');
    expect(said).toContain('p(symbol)');
    expect(said).toContain('word error rate');
  });

  test('an interrupted run goes on as if nothing had been', async () => {
    const [whole, parts] = [place.path('whole'), place.path('parts')];
    const args = ['--data', clips, ...named, ...small, '--epochs', '1000'];
    const { interrupted, resumed, unbroken } = await trainTwice({ start, succeed }, args, { parts, whole });
    expect(interrupted.exitCode).toBe(130);
    expect(interrupted.stderr).toContain(`go on with: unroll-listen train --resume ${parts}`);
    const scoresOf = ({ stdout }: { readonly stdout: string }) => (JSON.parse(stdout) as { scores: unknown }).scores;
    expect(scoresOf(resumed)).toEqual(scoresOf(unbroken));
    const losses = (folder: string) => readLog(folder).flatMap(({ type, loss }) => (type === 'step' ? [loss] : []));
    expect(losses(parts)).toEqual(losses(whole));
  });
});

describe('evaluate', () => {
  test('--json prints clips and accuracy, utterances and error rates, and the equal error rate of voices', async () => {
    const json = async (model: string, data: string) =>
      JSON.parse((await succeed(['evaluate', '--model', model, '--data', data, '--json'])).stdout) as object;
    const [classes, transcripts, speakers] = await Promise.all([
      json(labels, test1),
      json(spoken, place.path('heard/list.csv')),
      json(voices, test1),
    ]);
    const common = { realTimeFactor: z.number().positive(), seconds: z.number().positive() };
    z.looseObject({ clips: z.literal(12), accuracy: share, confusion: z.looseObject({}), ...common }).parse(classes);
    const said = z.looseObject({ utterances: z.literal(12), wer: z.number(), cer: z.number(), ...common }).parse(transcripts); // prettier-ignore
    expect(said.cer).toBeLessThan(0.2);
    const verification = z.looseObject({ minimumCost: share, areaUnder: share });
    const heard = z.looseObject({ clips: z.literal(12), accuracy: share, eer: share, verification, ...common }).parse(speakers); // prettier-ignore
    expect(heard.accuracy).toBeGreaterThan(0.9);
  });

  test('--spot counts what is missed of words in a long recording, and false alarms per hour', async () => {
    const second = new Float32Array(sampleRate);
    const said = ['cad', 'ab', 'cad'].map((word, i) => hum({ word, seed: 910 + i }).samples);
    const parts = [second, ...said.flatMap((samples) => [samples, second, second])];
    const starts = said.map((_, i) => parts.slice(0, 1 + 3 * i).reduce((sum, { length }) => sum + length, 0));
    const samples = Float32Array.from(parts.flatMap((part) => Array.from(part)));
    place.write('long/long.wav', writeWav({ samples, sampleRate }));
    const rows = (shift: number) =>
      ['cad', 'ab', 'cad'].map((word, i) =>
        ['long.wav', shift + starts[i]! / sampleRate, shift + (starts[i]! + said[i]!.length) / sampleRate, word].join(),
      );
    const manifest = (name: string, shift: number) =>
      place.write(`long/${name}`, `path,start,end,label\n${rows(shift).join('\n')}\n`);
    const args = ['evaluate', '--model', labels, '--spot', '--threshold', '0.6', '--data'];
    const [there, elsewhere, text] = await Promise.all([
      succeed([...args, manifest('right.csv', 0), '--json']),
      succeed([...args, manifest('wrong.csv', -0.9), '--json']),
      succeed([...args, manifest('text.csv', 0)]),
    ]);
    const right = JSON.parse(there.stdout) as SpottingEvaluation;
    const wrong = JSON.parse(elsewhere.stdout) as SpottingEvaluation;
    expect(right).toMatchObject({ files: 1, occurrences: 3 });
    expect(right.seconds).toBeCloseTo(Math.floor((10 * samples.length) / sampleRate) / 10, 6);
    const [cad] = right.keywords.filter(({ name }) => name === 'cad');
    expect(cad).toMatchObject({ occurrences: 2, asked: { threshold: 0.6, missRate: 0 } });
    // the same detections where nothing was said are false alarms
    expect(wrong.missRate).toBeGreaterThan(right.missRate);
    expect(wrong.falseAlarmsPerHour).toBeGreaterThan(right.falseAlarmsPerHour);
    expect(text.stdout).toMatch(/^ +cad +2 +0\.00 %/m);
  });

  test('as text, with errors aligned, and as a page', async () => {
    const wrong = place.write(
      'heard/wrong.csv',
      place.read('heard', 'list.csv').replaceAll(/wav,(\w+),/g, 'wav,$1 dd,'),
    );
    const page = place.path('evaluation.html');
    const { stdout } = await succeed(['evaluate', '--model', spoken, '--data', wrong, '--errors', '3', '--html', page]);
    expect(stdout).toMatch(/word error rate\s+\d/);
    expect(stdout).toMatch(/REF: .*\nHYP: .*\nEval: .*D/);
    expect(stdout).toMatch(/real-time factor/);
    expect(readFileSync(page, 'utf8')).toContain('<audio controls');
  });
});

describe('files', () => {
  test('classify: a line a clip, --top, and folders', async () => {
    const { stdout } = await succeed(['classify', '--model', labels, test1]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    const right = lines.filter((line) => line.includes(`/${line.split('\t')[1]}/`));
    expect(right.length).toBeGreaterThan(10);
    const one = place.path('test/cad/ida-50.wav');
    const top = await succeed(['predict', '--model', labels, one, '--top', '2', '--timing']);
    expect(top.stdout).toMatch(/ida-50\.wav\tcad\t[01]\.\d{4}\t(ab|ba)\t0\.\d{4}\n$/);
    expect(top.stderr).toMatch(/real-time factor [\d.]+/);
  });

  test('transcribe: n-best, words with times, subtitles, JSON', async () => {
    const sound = hum({ word: 'abcd', seed: 900 });
    const path = place.write('abcd.wav', writeWav(sound));
    const srt = place.path('abcd.srt');
    const [plain, best, times, json] = await Promise.all([
      succeed(['transcribe', '--model', spoken, path]),
      succeed(['transcribe', '--model', spoken, path, '--beam', '8', '--n-best', '3']),
      succeed(['transcribe', '--model', spoken, path, '--times', '--srt', srt]),
      succeed(['transcribe', '--model', spoken, path, '--json']),
    ]);
    expect(plain.stdout).toBe(`${path}\tabcd\n`);
    expect(best.stdout.split('\n').map((line) => line.split('\t')[1])).toEqual(['1', '2', '3', undefined]);
    const [, from, to, probability, word] = times.stdout.trimEnd().split('\t');
    expect(word).toBe('abcd');
    expect(Number(from)).toBeGreaterThanOrEqual(0);
    expect(Number(to)).toBeLessThan(sound.samples.length / sampleRate + 0.05);
    expect(Number(probability)).toBeGreaterThan(0.3);
    expect(place.read('abcd.srt')).toMatch(/^1\n00:00:00,\d{3} --> 00:00:00,\d{3}\nabcd\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      utterances: 1,
      results: [{ text: 'abcd', words: [{ word: 'abcd' }] }],
    });
  });

  test('a lexicon and a language model decide between what sounds alike', async () => {
    const path = place.write('abcd.wav', writeWav(hum({ word: 'abcd', seed: 900 })));
    const lexicon = place.write('words.txt', 'abc\nabda\ndcba\n');
    const { stdout } = await succeed(['transcribe', '--model', spoken, path, '--beam', '32', '--lexicon', lexicon]);
    expect(['abc', 'abda', 'dcba']).toContain(stdout.trimEnd().split('\t')[1]);
    const sentences = place.write('sentences.txt', 'abcd\nabcd\nabcd dcba\n');
    const scored = await succeed(['transcribe', '--model', spoken, path, '--language-model', sentences]);
    expect(scored.stdout).toBe(`${path}\tabcd\n`);
  });

  test('identify: speakers of the training data, then voices that are enrolled', async () => {
    const file = place.path('voices.json');
    const who = (name: string) => place.path(`test/ab/${name}-50.wav`);
    const { stdout } = await succeed(['identify', '--model', voices, who('ida'), who('otto')]);
    expect(stdout).toBe(`${who('ida')}\tida\n${who('otto')}\totto\n`);
    const enroll = [
      '--enroll',
      `her=${who('ida')},${place.path('test/ba/ida-50.wav')}`,
      '--enroll',
      `him=${who('otto')}`,
    ];
    await succeed(['identify', '--model', voices, '--voices', file, ...enroll]);
    const other = place.path('test/cad/ida-51.wav');
    const known = await succeed(['identify', '--model', voices, '--voices', file, other, '--top', '2']);
    expect(known.stdout).toMatch(/ida-51\.wav\ther\t0\.\d{4}\thim\t-?0\.\d{4}\n$/);
    const strict = await succeed(['identify', '--model', voices, '--voices', file, other, '--threshold', '1']);
    expect(strict.stdout).toMatch(/\tunknown\n$/);
  });

  test('features: a table that is the same whatever its form, and a picture', async () => {
    const path = place.path('test/ab/ida-50.wav');
    const [csv, json, png] = ['f.csv', 'f.json', 'f.png'].map((name) => place.path(name)) as [string, string, string];
    await Promise.all([
      succeed([
        'features',
        path,
        '--out',
        csv,
        '--image',
        png,
        '--set',
        'features.mels=8',
        '--set',
        'features.lowHertz=100',
      ]),
      succeed(['features', path, '--out', json, '--set', 'features.mels=8', '--set', 'features.lowHertz=100']),
    ]);
    const rows = place.read('f.csv').trimEnd().split('\n').slice(1).map((line) => line.split(',').map(Number).slice(1)); // prettier-ignore
    expect(rows[0]).toHaveLength(8);
    expect(JSON.parse(place.read('f.json'))).toEqual({ frameSeconds: 0.01, features: rows });
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('streams', () => {
  /** 16-bit samples of a sound. */
  const raw = (word: string, seed: number) => Buffer.from(writeWav(hum({ word, seed }))).subarray(44);

  test('a one-way model writes while sound comes in pieces of 20 ms, and in the end what it writes of the file', async () => {
    const path = place.write('bcda.wav', writeWav(hum({ word: 'bcda', seed: 901 })));
    const { stdout: whole } = await succeed(['transcribe', '--model', spoken, path]);
    const child = start(['transcribe', '--model', spoken, '-', '--rate', String(sampleRate), '--quiet']);
    const ended = finished(child);
    let said = '';
    child.stdout.on('data', (text: string) => (said += text));
    const samples = raw('bcda', 901);
    const piece = 2 * 0.02 * sampleRate;
    for (let at = 0; at < samples.length; at += piece) child.stdin.write(samples.subarray(at, at + piece));
    // results come before the sound ends
    await expect.poll(() => said, { timeout: 30_000, interval: 10 }).toMatch(/\tpartial\tbcd?a?\n/);
    child.stdin.end();
    const { exitCode, stdout } = await ended;
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n').map((line) => line.split('\t')); // prettier-ignore
    expect(lines.at(-1)!.slice(1)).toEqual(['final', whole.trimEnd().split('\t')[1]]);
    expect(lines.slice(0, -1).every(([, state]) => state === 'partial')).toBe(true);
  });

  test('a WAV header on standard input is seen; --json events; a signal ends with what was heard', async () => {
    const child = start(['transcribe', '--model', spoken, '-', '--json']);
    const ended = finished(child);
    let said = '';
    child.stdout.on('data', (text: string) => (said += text));
    // as a recorder writes it that does not know how long it will be
    const endless = Buffer.from(writeWav(hum({ word: 'dab', seed: 902 })))
      .fill(0xff, 4, 8)
      .fill(0xff, 40, 44);
    child.stdin.write(endless);
    await expect.poll(() => said, { timeout: 30_000, interval: 10 }).toContain('"text":"da');
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await ended;
    expect(stderr).toContain('WAV, s16le, 8000 Hz, 1 channel');
    const events = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; text: string }); // prettier-ignore
    expect(events.at(-1)).toMatchObject({ event: 'final', text: expect.stringMatching(/^da/) as unknown });
    expect(exitCode).toBe(130);
  });

  test('a model that hears both ways is given what lies between pauses', async () => {
    const silence = Buffer.alloc(2 * sampleRate);
    const input = Buffer.concat([silence, raw('ab', 903), silence, raw('cad', 904), silence]);
    const { stdout, stderr } = await succeed(['identify', '--model', voices, '-', '--rate', String(sampleRate)], {
      input,
    });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^\d\.\d\d\tfinal\t(ida|otto) [01]\.\d{4}$/);
    expect(stderr).toContain('raw s16le, 8000 Hz');
  });

  test('words are spotted with their time', async () => {
    const silence = Buffer.alloc(2 * sampleRate);
    const input = Buffer.concat([silence, raw('cad', 905), silence]);
    const args = ['classify', '--model', labels, '-', '--rate', String(sampleRate), '--timing'];
    const { stdout, stderr } = await succeed(args, { input });
    expect(stdout).toMatch(/^\d\.\d\d\tfinal\t\w+ \d\.\d{3}$/m);
    expect(stderr).toMatch(/a piece takes [\d.]+ ms/);
  });
});

test('inspect tells what a model hears and says', async () => {
  const { stdout } = await succeed(['inspect', '--model', labels]);
  expect(stdout).toMatch(/sample rate\s+8,000 Hz/);
  expect(stdout).toMatch(/labels\s+3: ab, ba, cad/);
});
