import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { finished, makePairs, run, side, start, succeed, tinyModel, trainTwice, Workplace } from './command-line.js';

const place = new Workplace();
const model = place.path('model');
const pairs = makePairs(60);
const held = pairs.slice(54);
const files = Object.fromEntries(
  Object.entries({ train: pairs.slice(0, 48), valid: pairs.slice(48, 54), test: held }).flatMap(([split, some]) => [
    [`${split}.en`, place.write(`${split}.en`, side(some, 0))],
    [`${split}.de`, place.write(`${split}.de`, side(some, 1))],
  ]),
) as Readonly<Record<`${'train' | 'valid' | 'test'}.${'en' | 'de'}`, string>>;
const learnt = ['--source', files['train.en'], '--target', files['train.de']];
const validation = ['--valid-source', files['valid.en'], '--valid-target', files['valid.de']];
const tested = ['--source', files['test.en'], '--target', files['test.de']];
let trained = { stdout: '', stderr: '' };

beforeAll(async () => {
  const test1 = ['--test-source', files['test.en'], '--test-target', files['test.de']];
  const flags = [...tinyModel, '--epochs', '14', '--threads', '1', '--out', model, '--json'];
  trained = await succeed(['train', ...learnt, ...validation, ...test1, ...flags]);
});
afterAll(() => place.remove());

const score = z.number().min(0);
// sums in floating point, so 100 may be a little more
const percent = score.max(100.001);
const scores = { bleu: percent, chrf: percent, ter: score, perplexity: z.number().min(1) };

describe('train', () => {
  test('--json says what came out, on both held-out splits', () => {
    const split = z.strictObject({ ...scores, exactSentences: score.max(1) });
    const { scores: found } = z
      .looseObject({ model: z.literal(model), scores: z.strictObject({ valid: split, test: split }) })
      .parse(JSON.parse(trained.stdout));
    expect(found.test.bleu).toBeGreaterThan(95);
    expect(trained.stderr).toContain('48 pairs to learn from, 6 and 6 held out; 24 and 25 word tokens');
  });

  test('the report has scores with signatures, translations beside references, and where they looked, also as pictures', () => {
    const [markdown, html] = [place.read('model', 'report.md'), place.read('model', 'report.html')];
    for (const text of [markdown, html]) expect(text).toMatch(/nrefs:1\\?\|case:mixed\\?\|eff:no\\?\|tok:13a/);
    expect(html.match(/<dl class="pair">/g)).toHaveLength(held.length);
    expect(html.match(/<figure class="chart heat-map">/g)).toHaveLength(held.length);
    expect(html).not.toMatch(/(src|href)=|url\((?!#)|@import/);
    expect(readdirSync(place.path('model/pictures')).filter((name) => name.endsWith('.png'))).toHaveLength(held.length);
  });

  test('one file of columns without validation pairs: what is left out and held out is said', async () => {
    const odd = [...pairs.slice(0, 20), ['', 'leer'], pairs[3]!, ['word '.repeat(120).trim(), 'zu lang']] as const;
    const tsv = place.write('pairs.tsv', odd.map((pair) => `${pair.join('\t')}\n`).join(''));
    const flags = ['--set', 'data.cleaning.dropDuplicates=true', '--max-steps', '2', '--out', place.path('columns')];
    const { stderr } = await succeed(['train', '--data', tsv, ...tinyModel, ...flags]);
    expect(stderr).toMatch(/3 of 23 pairs left out: 1 .*\(line 21\); 1 .*\(line 23\); 1 .*\(line 22\)/);
    expect(stderr).toContain('without validation pairs 2 of ');
  });

  test('an interrupted run goes on as if nothing had been', async () => {
    const [whole, parts] = [place.path('whole'), place.path('parts')];
    const args = [...learnt, ...validation, ...tinyModel, '--epochs', '2000'];
    const { interrupted, resumed, unbroken } = await trainTwice({ start, succeed }, args, { parts, whole });
    expect(interrupted.exitCode).toBe(130);
    expect(interrupted.stderr).toContain(`go on with: unroll-translate train --resume ${parts}`);
    const scoresOf = ({ stdout }: { readonly stdout: string }) => (JSON.parse(stdout) as { scores: unknown }).scores;
    expect(scoresOf(resumed)).toEqual(scoresOf(unbroken));
    const weights = (folder: string) => readFileSync(`${folder}/model.safetensors`);
    expect(weights(parts).equals(weights(whole))).toBe(true);
  });
});

describe('translate', () => {
  test('a line a line, blank ones too, to a file or to standard output, by one model or an ensemble of averaged checkpoints', async () => {
    const file = place.write('some.en', `${held[0]![0]}\n\n${held[1]![0]}`);
    const expected = `${held[0]![1]}\n\n${held[1]![1]}\n`;
    const out = place.path('some.de');
    const [printed, ensemble] = await Promise.all([
      succeed(['translate', '--model', model, file, '--beam', '4']),
      succeed(['predict', '--model', model, '--model', model, file, '--greedy', '--average', '2', '--out', out]),
    ]);
    expect(printed.stdout).toBe(expected);
    expect({ stdout: ensemble.stdout, written: place.read('some.de') }).toEqual({ stdout: '', written: expected });
  });

  test('--n-best with --scores: places, falling scores, and --json says the same', async () => {
    const input = side(held.slice(0, 2), 0);
    const [{ stdout }, json] = await Promise.all([
      succeed(['translate', '--model', model, '--n-best', '3', '--scores'], { input }),
      succeed(['translate', '--model', model, '--n-best', '3', '--json'], { input }),
    ]);
    const rows = stdout.trimEnd().split('\n').map((line) => line.split('\t')); // prettier-ignore
    expect(rows.map(([line, rank]) => `${line}.${rank}`)).toEqual(['1.1', '1.2', '1.3', '2.1', '2.2', '2.3']);
    expect(rows[0]![2]).toBe(held[0]![1]);
    expect(Number(rows[0]![4])).toBeGreaterThan(Number(rows[1]![4]));
    const { results } = z
      .looseObject({
        sentences: z.literal(2),
        results: z.array(
          z.looseObject({
            source: z.string(),
            hypotheses: z.array(z.looseObject({ text: z.string(), score: z.number() })),
          }),
        ),
      })
      .parse(JSON.parse(json.stdout));
    expect(results.flatMap(({ hypotheses }) => hypotheses.map(({ text }) => text))).toEqual(
      rows.map(([, , text]) => text),
    );
  });

  test('of standard input each line is answered before the next is there', async () => {
    const child = start(['translate', '--model', model, '--quiet']);
    const ended = finished(child);
    let answered = '';
    child.stdout.on('data', (text: string) => (answered += text));
    for (let i = 0; i < 3; i++) {
      child.stdin.write(side([held[i]!], 0));
      const expected = side(held.slice(0, i + 1), 1);
      await expect.poll(() => answered, { timeout: 30_000, interval: 10 }).toBe(expected);
    }
    child.stdin.end();
    expect(await ended).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('--prefix begins every translation, and samples follow from the seed', async () => {
    const input = side(held.slice(0, 3), 0);
    const draw = (...flags: readonly string[]) =>
      succeed(['translate', '--model', model, '--sample', ...flags], { input });
    const hot = ['--temperature', '3', '--seed', '5'];
    const [prefixed, first, again, other] = await Promise.all([
      succeed(['translate', '--model', model, '--prefix', 'niemand zwei'], { input }),
      draw(...hot),
      draw(...hot),
      draw('--temperature', '3', '--seed', '6'),
    ]);
    expect(prefixed.stdout).toMatch(/^(niemand zwei.*\n){3}$/);
    expect(again.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  });

  test('--attention is where each token looked, --tree a page of the search', async () => {
    const file = place.write('two.en', side(held.slice(0, 2), 0));
    const [look, tree] = [place.path('look.json'), place.path('tree.html')];
    await succeed(['translate', '--model', model, file, '--quiet', '--attention', look, '--tree', tree]);
    const looks = z
      .array(z.looseObject({ sourceTokens: z.array(z.string()), attention: z.array(z.array(z.number())) }))
      .length(2)
      .parse(JSON.parse(place.read('look.json')));
    const { attention, sourceTokens } = looks[0]!;
    expect(sourceTokens).toEqual([...held[0]![0].split(' '), '</s>']);
    expect(attention).toHaveLength(held[0]![1].split(' ').length + 1);
    for (const row of attention) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
    const page = place.read('tree.html');
    expect(page).toContain(`<td>${held[0]![1]}</td>`);
    expect(page.match(/<g [^>]*class="finished best"/g)).toHaveLength(1);
    expect(page).toContain('class="pruned"');
  });
});

describe('evaluate', () => {
  test('--json prints sentences, BLEU with its signature, chrF, TER and perplexity, and compares with another system', async () => {
    const other = place.write('other.de', side(held, 1).replaceAll('meine', 'eine'));
    const out = place.path('hypotheses.de');
    const { stdout } = await succeed([
      'evaluate',
      '--model',
      model,
      ...tested,
      '--json',
      '--compare',
      other,
      '--out',
      out,
    ]);
    const result = z
      .looseObject({
        ...scores,
        sentences: z.literal(held.length),
        signature: z.string().regex(/^nrefs:1\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:2\./),
        comparison: z.looseObject({ results: z.array(z.looseObject({ metric: z.string(), pValue: z.number() })) }),
      })
      .parse(JSON.parse(stdout));
    expect(result.bleu).toBeGreaterThan(95);
    expect(result.perplexity).toBe((JSON.parse(trained.stdout) as { scores: { test: { perplexity: number } } }).scores.test.perplexity); // prettier-ignore
    expect(place.read('hypotheses.de')).toBe(side(held, 1));
  });

  test('as text and as a page, with other ways to count', async () => {
    const page = place.path('evaluation.html');
    const data = place.write('test.jsonl', held.map(([source, target]) => `${JSON.stringify({ source, target })}\n`).join('')); // prettier-ignore
    const flags = ['--tokenize', 'none', '--lowercase', '--smooth', 'none', '--html', page];
    const { stdout } = await succeed(['evaluate', '--model', model, '--data', data, ...flags]);
    expect(stdout).toContain('nrefs:1|case:lc|eff:no|tok:none|smooth:none');
    expect(place.read('evaluation.html').match(/<dl class="pair">/g)).toHaveLength(held.length);
  });
});

describe('score', () => {
  test('given translations by one reference or several, without a model', async () => {
    const hypothesis = place.write('hypothesis.txt', 'The cat sat on the mat.\nIt rains today.\n');
    const reference = place.write('reference.txt', 'The cat sat on a mat.\nIt is raining today.\n');
    const second = place.write('second.txt', 'A cat sat on the mat.\nIt rains today.\n');
    const [text, json, two] = await Promise.all([
      succeed(['score', '--hypothesis', hypothesis, '--reference', reference]),
      succeed(['score', '--hypothesis', hypothesis, '--reference', reference, '--json', '--sentences']),
      succeed(['score', '--hypothesis', hypothesis, '--reference', reference, '--reference', second, '--compare', reference, '--metrics', 'bleu,chrf++', '--json']),
    ]); // prettier-ignore
    // sacreBLEU 2.6.0 of the same files
    expect(text.stdout).toMatch(/^BLEU\s+36\.66 .*\nchrF2\s+55\.61 .*\nTER\s+30\.00 /);
    expect(JSON.parse(json.stdout)).toMatchObject({ sentences: 2, bleu: expect.closeTo(36.66, 2), lines: [{}, {}] });
    expect(JSON.parse(two.stdout)).toMatchObject({ signature: expect.stringMatching(/^nrefs:2\|/), comparison: {} });
  });

  test('pairs by the probability that a model gives them', async () => {
    const wrong = place.write('wrong.de', side([held[0]!, ...held.slice(2), held[1]!], 1));
    const [right, mixed] = await Promise.all(
      [files['test.de'], wrong].map((target) => succeed(['score', '--model', model, '--source', files['test.en'], '--target', target, '--json'])), // prettier-ignore
    );
    const schema = z.looseObject({
      perplexity: z.number(),
      results: z.array(z.looseObject({ logProbability: z.number().max(0), tokens: z.array(z.string()) })),
    });
    const [first, second] = [right!, mixed!].map(({ stdout }) => schema.parse(JSON.parse(stdout)));
    expect(first!.perplexity).toBeLessThan(1.2);
    expect(second!.perplexity).toBeGreaterThan(3);
    expect(second!.results[0]).toEqual(first!.results[0]);
  });
});

test('vocabulary shows the tokens and cuts texts, inspect the sides, without an engine', async () => {
  const exported = place.path('tokens.tsv');
  const [shown, cut, inspected] = await Promise.all([
    succeed(['vocabulary', '--model', model, '--export', exported, '--side', 'target', '--json']),
    succeed(['vocabulary', '--model', model, 'ann sees a zebra .']),
    run(['inspect', '--model', model]),
  ]);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    unit: 'word',
    sides: { source: { size: 24 }, target: { size: 25 } },
  });
  expect(place.read('tokens.tsv').split('\n').slice(0, 4)).toEqual(['0\t<pad>', '1\t<unk>', '2\t<s>', '3\t</s>']);
  expect(cut.stdout).toMatch(/^ann sees a zebra \.\n {2}\d+ \d+ \d+ 1 \d+\n {2}unknown: zebra\n$/);
  expect(inspected.stdout).toMatch(/target\s+25\s+0/);
});
