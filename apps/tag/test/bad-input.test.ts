import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conll, makeSentences, run, succeed, tinyModel, Workplace } from './command-line.js';

const place = new Workplace();
const model = place.path('model');
const columns = ['--token', '1', '--feature', '2', '--tag', '3'];
const few = makeSentences(12);

beforeAll(async () => {
  const train = place.write('train.conll', conll(makeSentences(60)));
  await succeed(['train', '--data', train, ...columns, ...tinyModel, '--epochs', '1', '--out', model, '--quiet']);
});
afterAll(() => place.remove());

const plain = (text: string | Uint8Array) => place.write(`file-${readdirSync(place.folder).length}.conll`, text);

/** What a command says of a file: one line, and nothing on standard output. */
async function complaint(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(args);
  expect({ failed: exitCode === 1 || exitCode === 2, stdout }).toEqual({ failed: true, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^unroll: (?!this is a bug)/);
  return stderr;
}

describe('a file that cannot be learnt from is told in one line, and no run folder is left', () => {
  test.each([
    ['ragged columns', conll(few).replace(' VERB O', ' VERB'), columns, /file-.*line \d+/],
    ['an empty file', '', columns, /file-.*no tokens/],
    ['no such column', conll(few), ['--tag', '7'], /column.*7|7.*column/],
    ['a scheme that is not there', conll(few), ['--tag', '2', '--scheme', 'iob2'], /iob2/],
    ['not UTF-8', Buffer.from('Jos\u00e9 NOUN O\n', 'latin1'), columns, /file-.*UTF-8/],
    ['one sentence', conll(few.slice(0, 1)), columns, /1 sentence/],
  ] as const)('%s', async (...[, content, flags, message]) => {
    const out = place.path(`out-${readdirSync(place.folder).length}`);
    expect(await complaint(['train', '--data', plain(content), ...flags, '--out', out, '--quiet'])).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  test('a file of vectors of another width names its line', async () => {
    const vectors = place.write('vectors.txt', 'Rome 0.1 0.2 0.3\nold 0.1 0.2\n');
    const args = ['train', '--data', place.path('train.conll'), ...columns, '--embeddings', vectors, '--quiet'];
    expect(await complaint(args)).toMatch(/vectors\.txt.*line 2|line 2.*vectors\.txt/);
  });
});

describe('what is odd, but can be read, is read, and nothing of it is lost', () => {
  const untagged = conll(few, [0, 1]);
  const tags = (text: string) => text.split(/\r?\n/).map((line) => line.split(/[ \t]+/)[2] ?? '');
  let expected: readonly string[] = [];
  beforeAll(async () => {
    expected = tags((await succeed(['tag', '--model', model, plain(untagged)])).stdout);
  });

  test.each([
    ['Windows line ends', untagged.replaceAll('\n', '\r\n')],
    ['no blank line at the end', untagged.trimEnd()],
    ['tabs and spaces mixed', untagged.replaceAll(' NOUN', '\tNOUN')],
    ['a byte order mark', `\ufeff${untagged}`],
  ])('%s', async (_, content) => {
    const { stdout } = await succeed(['tag', '--model', model, plain(content)]);
    expect(tags(stdout).join(' ').trimEnd()).toBe(expected.join(' ').trimEnd());
    expect(stdout.includes('\r\n')).toBe(content.includes('\r\n'));
  });

  test('a tag that training never had, empty sentences, emoji and combining characters', async () => {
    const odd = `\n\n${conll([[['👩‍👩‍👧‍👦', 'NOUN', 'B-FAMILY'], ['e\u0301te\u0301', 'NOUN', 'O']]])}\n${conll(few.slice(0, 1))}`; // prettier-ignore
    const file = plain(odd);
    const [tagged, scored, checked] = await Promise.all([
      succeed(['tag', '--model', model, file]),
      succeed(['evaluate', '--model', model, '--data', file, '--json', '--baselines', 'none']),
      run(['check', place.path('train.conll'), file]),
    ]);
    expect(tagged.stdout.replace(/ [^ \n]+$/gm, '')).toBe(odd);
    expect(JSON.parse(scored.stdout)).toMatchObject({ tokens: 2 + few[0]!.length });
    expect(checked.stdout).toMatch(/warning: .*training never has.*B-FAMILY/);
  });

  test('one sentence of 20,000 tokens', async () => {
    const long = `${Array.from({ length: 20_000 }, (_, i) => `${i % 7 === 0 ? 'Rome' : 'old'} NOUN`).join('\n')}\n\n`;
    const { stdout } = await succeed(['tag', '--model', model, plain(long)]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(20_000);
  });
});

describe('a model and a file that do not go together', () => {
  test('other columns', async () => {
    const file = plain(conll(few, [0]));
    expect(await complaint(['tag', '--model', model, file, '--quiet'])).toMatch(/file-.*column/);
    expect(await complaint(['evaluate', '--model', model, '--data', file, '--quiet'])).toMatch(/column/);
  });

  test.each([
    [['tag', '--data', 'x'], /unknown option '--data'/],
    [['tag'], /name the folder of a trained run with --model/],
    [['evaluate', '--model', model], /name what to score with --data/],
    [['evaluate', '--model', model, '--data', 'nowhere.conll'], /there is no file nowhere\.conll/],
    [['evaluate', '--model', model, '--data', 'x.conll', '--baselines', 'best'], /--baselines best is no baseline/],
    [['check'], /name the files to check/],
    [['train', '--data', 'x.conll', '--scheme', 'iob3'], /--scheme needs one of/],
    [['train', '--data', 'x.conll', '--set', 'model.hidenSize=3'], /did you mean model\.hiddenSize/],
  ] as const)('%j is wrong usage', async (args, message) => {
    expect(await complaint(args)).toMatch(message);
  });
});

test('check ends with 1 where it found an error, with 0 where it only wonders', async () => {
  const good = await run(['check', place.path('train.conll'), '--json']);
  expect(good).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(good.stdout)).toMatchObject({ errors: 0, splits: [{ sentences: 60 }] });
  const bad = plain(conll([...few, [['Rome', 'NOUN', 'b-per']]]).replace('O\n', '\n'));
  expect((await run(['check', bad])).exitCode).toBe(1);
});
