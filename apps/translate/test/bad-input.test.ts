import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePairs, run, side, succeed, tinyModel, Workplace } from './command-line.js';

const place = new Workplace();
const model = place.path('model');
const few = makePairs(20);
const [source, target] = [place.write('few.en', side(few, 0)), place.write('few.de', side(few, 1))];
const learnt = ['--source', source, '--target', target];

beforeAll(async () => {
  await succeed(['train', ...learnt, ...tinyModel, '--epochs', '1', '--out', model, '--quiet']);
});
afterAll(() => place.remove());

const plain = (text: string | Uint8Array) => place.write(`file-${readdirSync(place.folder).length}.txt`, text);

/** What a command says: one line, and nothing on standard output. */
async function complaint(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(args);
  expect({ failed: exitCode === 1 || exitCode === 2, stdout }).toEqual({ failed: true, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^unroll: (?!this is a bug)/);
  return stderr;
}

describe('files that cannot be learnt from are told in one line, and no run folder is left', () => {
  test('files of different length, with both counts', async () => {
    const short = plain(side(few.slice(0, 17), 1));
    const out = place.path('never');
    const said = await complaint(['train', '--source', source, '--target', short, '--out', out, '--quiet']);
    expect(said).toMatch(/few\.en.*20.*file-\d+\.txt.*17|file-\d+\.txt.*17.*few\.en.*20/);
    expect(existsSync(out)).toBe(false);
  });

  test('not UTF-8, an empty file, only one pair', async () => {
    const latin = plain(Buffer.from('José\n'.repeat(20), 'latin1'));
    const one = plain('a\tb\n');
    const [encoding, empty, single] = await Promise.all([
      complaint(['train', '--source', latin, '--target', target, '--quiet']),
      complaint(['train', '--source', plain(''), '--target', plain(''), '--quiet']),
      complaint(['train', '--data', one, '--quiet', '--out', place.path('never')]),
    ]);
    expect(encoding).toMatch(/file-\d+\.txt.*UTF-8/);
    expect(empty).toMatch(/file-\d+\.txt/);
    expect(single).toMatch(/file-\d+\.txt has 1 .*too few to hold some out/);
    expect(existsSync(place.path('never'))).toBe(false);
  });
});

test('a blank line on one side and a line of 10,000 words are left out of training, with their numbers, and nothing else', async () => {
  const [odd, full] = [
    plain(`${side(few, 0)}\n${'word '.repeat(10_000)}\n`),
    plain(`${side(few, 1)}leer\n${'wort '.repeat(10_000)}\n`),
  ];
  const { stderr } = await succeed(['train', '--source', odd, '--target', full, ...tinyModel, '--max-steps', '1', '--out', place.path('odd')]); // prettier-ignore
  expect(stderr).toMatch(/2 of 22 pairs left out: 1 with an empty side \(line 21\); 1 .*maximumWords.*\(line 22\)/);
});

test('a long line, unknown words, emoji and a blank line are translated, and what is odd about them is told', async () => {
  const long = 'ann sees it . '.repeat(2500).trim();
  const input = `${long}\nzwölf boxkämpfer\n\n👩‍👩‍👧‍👦 e\u0301\nann sees it .`;
  const limits = ['--length-factor', '0.001', '--greedy'];
  const { stdout, stderr } = await succeed(['translate', '--model', model, ...limits], { input });
  const lines = stdout.split('\n');
  expect(lines).toHaveLength(6);
  expect(lines.map((line) => line !== '')).toEqual([true, true, false, true, true, false]);
  expect(stderr).toContain('standard input: line 1 has 10,000 words, training had at most 100');
  expect(stderr).toContain('standard input: line 2: the model knows none of its words');
});

describe('a model that was changed is told in one line', () => {
  const changed = (name: string, change: (folder: string) => void): string => {
    const folder = place.path(name);
    cpSync(model, folder, { recursive: true });
    change(folder);
    return folder;
  };

  test('a vocabulary edited by hand', async () => {
    const edited = (name: string, edit: (text: string) => string) =>
      changed(name, (folder) => {
        const file = `${folder}/vocabulary.source.json`;
        writeFileSync(file, edit(readFileSync(file, 'utf8')));
      });
    const [renamed, shortened, broken] = await Promise.all(
      [
        edited('renamed', (text) => text.replace('"sees"', '"saw"')),
        edited('shortened', (text) => text.replace(/,\s*"sees"/, '')),
        edited('broken', (text) => text.slice(0, -9)),
      ].map((folder) => complaint(['translate', '--model', folder, source, '--quiet'])),
    );
    for (const said of [renamed, shortened])
      expect(said).toMatch(/vocabulary\.source\.json is not the one that was saved/);
    expect(broken).toMatch(/broken\/vocabulary\.source\.json/);
  });

  test('weights of another model, a folder without one, a model of another task', async () => {
    const other = place.path('other');
    const sizes = ['--set', 'model.decoder.hiddenSize=20', '--epochs', '1', '--quiet', '--out', other];
    await succeed(['train', '--source', target, '--target', source, ...tinyModel, ...sizes]);
    const mixed = changed('mixed', (folder) => cpSync(`${other}/model.safetensors`, `${folder}/model.safetensors`));
    const resized = changed('resized', (folder) => {
      const file = `${folder}/config.json`;
      writeFileSync(file, readFileSync(file, 'utf8').replace('"hiddenSize": 24', '"hiddenSize": 20'));
    });
    const foreign = changed('foreign', (folder) =>
      writeFileSync(`${folder}/config.json`, '{"model": {"cell": "lstm"}}'),
    );
    const [weights, size, nothing, task, ensemble, average] = await Promise.all([
      complaint(['translate', '--model', mixed, source, '--quiet']),
      complaint(['translate', '--model', resized, source, '--quiet']),
      complaint(['translate', '--model', place.folder, source, '--quiet']),
      complaint(['translate', '--model', foreign, source, '--quiet']),
      complaint(['evaluate', '--model', model, '--model', other, ...learnt, '--quiet']),
      complaint(['translate', '--model', model, '--average', '5', source, '--quiet']),
    ]);
    expect(weights).toMatch(/mixed\/vocabulary\.source\.json is not the one that was saved with model\.safetensors/);
    expect(size).toMatch(/resized\/model\.safetensors: the saved model does not fit/);
    expect(nothing).toMatch(/config\.json/);
    expect(task).toMatch(/foreign\/config\.json/);
    expect(ensemble).toMatch(/vocabular/);
    expect(average).toMatch(/model holds \d checkpoints?, not 5/);
  });
});

describe('flags', () => {
  test.concurrent.each([
    [['translate', '--model', model, '--beam', '0'], /--beam needs a whole number from 1/],
    [['translate', '--model', model, '--length-extra', '0'], /--length-extra needs a whole number from 1/],
    [['translate', '--model', model, '--n-best', '4', '--beam', '2', source], /n-best must be at most beam = 2/],
    [['translate', '--model', model, '--greedy', '--beam', '2'], /leave one of --greedy and --beam out/],
    [['translate', '--model', model, '--top-k', '3'], /add --sample/],
    [['translate', '--model', model, '--attention', 'a.jpg'], /--attention writes FILE\.json.*got a\.jpg/],
    [['translate', source], /name the folder of a trained run with --model/],
    [['translate', '--model', model, 'nowhere.en'], /nowhere\.en/],
    [['evaluate', '--model', model], /name the pairs with --source FILE and --target FILE, or with --data/],
    [['evaluate', '--model', model, '--source', source], /--source needs --target/],
    [['train', '--source', source], /--source needs --target/],
    [['train', ...learnt, '--data', 'x.tsv'], /--data or with --source and --target, not both/],
    [['train', ...learnt, '--set', 'model.decoder.hidenSize=3'], /did you mean model\.decoder\.hiddenSize/],
    [['train', ...learnt, '--preset', 'multi30k'], /there is no preset "multi30k"; did you mean/],
    [['score', '--hypothesis', source], /--hypothesis FILE and --reference FILE/],
    [['score', '--hypothesis', source, '--reference', 'x', '--metrics', 'meteor'], /--metrics meteor is no metric/],
    [['vocabulary'], /name the folder of a trained run with --model/],
  ] as const)('%j is wrong usage', async (args, message) => {
    expect(await complaint([...args, '--quiet'])).toMatch(message);
  });

  test('score and --prefixes name both counts', async () => {
    const short = plain('ein satz\n');
    const [score, prefixes] = await Promise.all([
      complaint(['score', '--hypothesis', short, '--reference', target]),
      complaint(['translate', '--model', model, source, '--prefixes', short, '--quiet']),
    ]);
    expect(score).toMatch(/few\.de has 20 lines, .*file-\d+\.txt 1/);
    expect(prefixes).toMatch(/file-\d+\.txt has 1 beginning/);
  });
});
