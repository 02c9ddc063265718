import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  finished,
  makeText,
  readLog,
  run,
  shellCommand,
  start,
  succeed,
  tinyModel,
  waitForLog,
  Workplace,
  type Finished,
} from './command-line.js';

const place = new Workplace();
const model = place.path('model');
let text = '';
let count = 0;

beforeAll(async () => {
  text = place.write('tale.txt', makeText(120));
  await succeed(['train', '--data', text, ...tinyModel, '--max-steps', '10', '--out', model, '--quiet']);
});
afterAll(() => place.remove());

/** Standard error holds one line, which says what is wrong; nothing is printed as a result. */
function expectOneLine({ exitCode, stdout, stderr }: Finished, message: RegExp, code: 1 | 2 = 1): void {
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: code,
    stdout: '',
    stderr: expect.stringMatching(message) as string,
  });
  // Where the engine cannot be built, a line says so first.
  expect(stderr.replace(/^the native engine cannot run[^\n]*\n/, '')).toMatch(/^unroll: [^\n]+\n$/);
}

function trainOn(data: string, ...more: string[]): Promise<Finished> {
  return run(['train', '--data', data, ...tinyModel, '--max-steps', '3', '--quiet', ...more]);
}

/** Training on bad data fails, and leaves no folder behind. */
async function expectRefused(data: string, message: RegExp): Promise<void> {
  const out = place.path(`refused-${count++}`);
  expectOneLine(await trainOn(data, '--out', out), message);
  expect(existsSync(out)).toBe(false);
}

/** A copy of the trained model to damage. */
function copyOfModel(): string {
  const copy = place.path(`copy-${count++}`);
  cpSync(model, copy, { recursive: true });
  return copy;
}

describe('data', () => {
  test('an empty file', async () => {
    const empty = place.write('empty.txt', '');
    await expectRefused(empty, /empty\.txt is empty/);
    expectOneLine(await run(['evaluate', '--model', model, '--data', empty]), /empty\.txt is empty/);
    expectOneLine(await run(['evaluate', '--model', model, '--data', '-']), /standard input is empty/);
  });

  test('a file shorter than one window', async () => {
    await expectRefused(
      place.write('short.txt', 'the whale swims'),
      /short\.txt has 13 tokens .* a window of 4 streams by 8 steps needs 33/,
    );
  });

  test('a file that is not UTF-8, with the byte', async () => {
    const latin1 = Buffer.from(makeText(50).replace('the deep', 'the d\u00e9ep'), 'latin1');
    const at = latin1.indexOf(0xe9);
    const path = place.write('latin1.txt', latin1);
    await expectRefused(path, new RegExp(`latin1\\.txt: byte ${at} is not UTF-8`));
    expectOneLine(await run(['score', '--model', model, path]), /is not UTF-8/);
  });

  test('a file, a folder and a dataset that are not there', async () => {
    await expectRefused(
      place.path('missing.txt'),
      /there is no file .*missing\.txt; check the path, or name a dataset: .*moby-dick/,
    );
    await expectRefused(place.folder, /it is a folder, a file is needed/);
    await expectRefused('moby-dock', /no dataset is called "moby-dock"; did you mean moby-dick\?/);
  });

  test('1 GB without a line break is streamed, in less than 1.5 GB of memory', async () => {
    const path = place.path('gigabyte.txt');
    const file = openSync(path, 'w');
    ftruncateSync(file, 2 ** 30);
    const words = 'the quick brown fox jumps over the lazy dog, and then it sleeps; ';
    for (let at = 0; at < 2 ** 30; at += 2 ** 26) writeSync(file, words.repeat(100), at);
    closeSync(file);
    const out = place.path('gigabyte');
    const settings = [...tinyModel, '--set', 'text.validationFraction=0.000001'];
    const child = await run(['train', '--data', path, ...settings, '--max-steps', '2', '--out', out, '--quiet']);
    expect(child).toMatchObject({ exitCode: 0, stderr: '' });
    const { peakMemoryBytes } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as {
      peakMemoryBytes: number;
    };
    expect(peakMemoryBytes).toBeLessThan(1.5e9);
    expect(peakMemoryBytes).toBeGreaterThan(1e9);
  });
});

describe('configuration', () => {
  test('an unknown preset, key or value names what there is', async () => {
    const out = place.path('config');
    expectOneLine(
      await trainOn(text, '--preset', 'ptb-smal', '--out', out),
      /no preset "ptb-smal"; did you mean ptb-small\?/,
      2,
    );
    expectOneLine(
      await trainOn(text, '--set', 'model.hidenSize=3', '--out', out),
      /unknown key model\.hidenSize; did you mean model\.hiddenSize\?/,
      2,
    );
    expectOneLine(
      await trainOn(text, '--set', 'model.hiddenSize=wide', '--out', out),
      /model\.hiddenSize cannot be "wide"/,
      2,
    );
    expect(existsSync(out)).toBe(false);
  });

  test('bfloat16 on an engine without it', async () => {
    expectOneLine(
      await trainOn(text, '--engine', 'cpu', '--precision', 'bfloat16', '--out', place.path('bf16')),
      /--precision bfloat16 needs --engine native/,
    );
  });
});

describe('saved models', () => {
  const use = (folder: string) => run(['generate', '--model', folder, '--length', '3', '--quiet']);

  test('the vocabulary of another model', async () => {
    const [copy, other] = [copyOfModel(), place.path('other')];
    await trainOn(place.write('other.txt', makeText(60).toUpperCase()), '--out', other);
    copyFileSync(join(other, 'vocabulary.json'), join(copy, 'vocabulary.json'));
    expectOneLine(await use(copy), /vocabulary\.json is the vocabulary of another model/);
  });

  test('truncated and edited weights', async () => {
    const copy = copyOfModel();
    const path = join(copy, 'model.safetensors');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 100));
    expectOneLine(await use(copy), /model\.safetensors/);
    const edited = Buffer.from(bytes);
    edited[edited.length - 50]! ^= 1;
    writeFileSync(path, edited);
    expectOneLine(await use(copy), /model\.safetensors was changed after it was saved/);
    writeFileSync(path, bytes.subarray(0, 5));
    expectOneLine(await use(copy), /model\.safetensors/);
    writeFileSync(path, bytes);
    expect(await use(copy)).toMatchObject({ exitCode: 0 });
  });

  test('a truncated checkpoint is not resumed from, an older one can be', async () => {
    const folder = place.path('damaged');
    await trainOn(text, '--out', folder, '--max-steps', '10', '--set', 'training.checkpointEverySteps=5');
    const newest = join(folder, 'checkpoints', 'step-000000010');
    const path = join(newest, 'parameters.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, 200));
    expectOneLine(
      await run(['train', '--resume', folder, '--max-steps', '12', '--quiet']),
      /parameters\.safetensors: expected \d+ bytes, got 200; the checkpoint is damaged, resume from another one/,
    );
    const older = join(folder, 'checkpoints', 'step-000000005');
    expect(await run(['train', '--resume', older, '--max-steps', '12', '--quiet'])).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  test('no model at all, and half of one', async () => {
    expectOneLine(await use(place.path('nothing')), /nothing.*(trained|run)/);
    expectOneLine(
      await run(['inspect', '--model', place.folder]),
      /model\.safetensors.*name the folder of a trained run/,
    );
    expectOneLine(await run(['train', '--resume', place.path('nothing')]), /holds no checkpoint/);
    const copy = copyOfModel();
    writeFileSync(join(copy, 'config.json'), '{"seed": 1,');
    expectOneLine(await use(copy), /config\.json is no configuration of a language model/);
  });

  test('a prompt with unknown characters', async () => {
    expectOneLine(
      await run(['generate', '--model', model, '--prompt', 'the wh\u00e4le \u{1f40b}', '--length', '3']),
      /characters that the model was not trained on: "\u00e4", "\u{1f40b}"/u,
    );
  });
});

test('a loss that is not a number stops the run, says at which step, and keeps the last good checkpoint', async () => {
  const out = place.path('nan');
  const settings = ['training.optimizer={"name":"sgd","learningRate":1e38}', 'training.checkpointEverySteps=1'];
  const result = await trainOn(
    text,
    ...settings.flatMap((each) => ['--set', each]),
    '--max-steps',
    '200',
    '--out',
    out,
  );
  const lastGood = readLog(out)
    .filter(({ type }) => type === 'checkpoint')
    .at(-1);
  expect(lastGood).toBeDefined();
  expectOneLine(
    result,
    new RegExp(
      `became (NaN|Infinity|-Infinity) in step ${lastGood!.step + 1}; .*the last good checkpoint is ${lastGood!.path}`,
    ),
  );
  expect(existsSync(join(lastGood!.path!, 'manifest.json'))).toBe(true);
});

test('two runs into one folder: the second is refused, the first goes on', async () => {
  const out = place.path('shared');
  const first = start([
    'train',
    '--data',
    text,
    ...tinyModel,
    '--epochs',
    '1000',
    '--max-steps',
    '100000',
    '--out',
    out,
    '--quiet',
  ]);
  const ended = finished(first);
  await waitForLog(out, (events) => events.some(({ type }) => type === 'step'));
  expectOneLine(await trainOn(text, '--out', out), /is in use by process \d+/);
  const before = readLog(out).length;
  await waitForLog(out, (events) => events.length > before);
  first.kill('SIGINT');
  expect((await ended).exitCode).toBe(130);
  const weights = readFileSync(join(out, 'model.safetensors'));
  expectOneLine(await trainOn(text, '--out', out), /holds a run already; go on with it by --resume/);
  expect(readFileSync(join(out, 'model.safetensors')).equals(weights)).toBe(true);
});

describe('no permission', () => {
  // Root may write anywhere: the command then runs as a user without rights.
  const uid = process.getuid?.() === 0 ? { uid: 65534 } : {};

  test('to write the run folder', async () => {
    const locked = place.path('locked');
    place.write('locked/file', '');
    chmodSync(place.folder, 0o755);
    chmodSync(locked, 0o555);
    const out = join(locked, 'run');
    expectOneLine(
      await run(['train', '--data', text, ...tinyModel, '--max-steps', '2', '--out', out, '--quiet'], uid),
      /cannot make the run folder .*locked.run: no permission/,
    );
    chmodSync(locked, 0o755);
  });

  test('to read the data', async () => {
    const secret = place.write('secret.txt', makeText(50));
    chmodSync(place.folder, 0o755);
    chmodSync(secret, 0o000);
    expectOneLine(
      await run(['evaluate', '--model', model, '--data', secret], uid),
      /cannot read .*secret\.txt: no permission/,
    );
  });
});

test('a write that fails in the middle of a run is one line, and the last checkpoint stays', async () => {
  const out = place.path('full');
  // A limit on the size of files stands for a full disk: log.jsonl soon reaches it.
  const command = `trap '' XFSZ; ulimit -f 24; exec ${shellCommand} train --data '${text}' ${tinyModel.join(' ')} --set training.checkpointEverySteps=5 --epochs 1000 --max-steps 5000 --out '${out}' --quiet`;
  const child = await finishedShell(command);
  expectOneLine(child, /cannot write .*: (EFBIG|.*large)/);
  expect(await run(['train', '--resume', out, '--max-steps', '5', '--quiet'])).toMatchObject({ exitCode: 0 });
});

function finishedShell(command: string): Promise<Finished> {
  const child = spawn('bash', ['-c', command]);
  child.stdin.end();
  return finished(child);
}
