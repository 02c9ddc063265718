import { describe, expect, test } from 'vitest';
import { evaluateTagger, type ColumnPrediction, type Sentence } from '../../src/index.js';
import { column, cut, sentence, TableTagger } from './table-tagger.js';

const entities = [column('entity')];

/** Spans of two sentences: one right, one of another type, one missed, one of other bounds, one where nothing is. */
const sentences: readonly Sentence[] = [
  { ...sentence('Ada King met Bell in Paris', 'B-PER I-PER O B-PER O B-LOC'), line: 4 },
  { ...sentence('the New York Times of May', 'O B-ORG I-ORG I-ORG O O'), line: 11 },
];
const answers: readonly (readonly ColumnPrediction[])[] = [
  [
    {
      tags: cut('B-PER I-PER O B-ORG O O'),
      probabilities: Float64Array.of(0.95, 0.92, 0.99, 0.65, 0.98, 0.55),
      spans: [
        { type: 'PER', start: 0, end: 2, probability: 0.9 },
        { type: 'ORG', start: 3, end: 4, probability: 0.6 },
      ],
    },
  ],
  [
    {
      tags: cut('O B-ORG I-ORG O O B-PER'),
      probabilities: Float64Array.of(0.97, 0.85, 0.8, 0.75, 0.96, 0.88),
      spans: [
        { type: 'ORG', start: 1, end: 3, probability: 0.7 },
        { type: 'PER', start: 5, end: 6, probability: 0.85 },
      ],
    },
  ],
];
const tagger = new TableTagger('table', entities, answers);

describe('an evaluation', () => {
  test('scores spans, overall and by type', async () => {
    const { columns, ...whole } = await evaluateTagger(tagger, sentences);
    expect(whole).toMatchObject({ tagger: 'table', sentences: 2, tokens: 12, exactSentences: 0 });
    const { scores, classes, averages, counted } = columns[0]!;
    expect(counted).toBe('spans');
    // of 4 true and 4 found spans one is right; of 12 tags 4 are wrong
    expect(scores).toEqual({ tokens: 12, accuracy: 8 / 12, precision: 0.25, recall: 0.25, f1: 0.25 });
    expect(classes).toEqual([
      { name: 'PER', gold: 2, predicted: 2, matched: 1, precision: 0.5, recall: 0.5, f1: 0.5 },
      { name: 'ORG', gold: 1, predicted: 2, matched: 0, precision: 0, recall: 0, f1: 0 },
      { name: 'LOC', gold: 1, predicted: 0, matched: 0, precision: 0, recall: 0, f1: 0 },
    ]);
    expect(averages.micro.f1).toBe(0.25);
    expect(averages.macro.f1).toBeCloseTo(0.5 / 3, 12);
    expect(averages.weighted.recall).toBeCloseTo((2 * 0.5) / 4, 12);
  });

  test('says which tag was taken for which', async () => {
    const { confusion } = (await evaluateTagger(tagger, sentences)).columns[0]!;
    expect(confusion!.tags).toEqual(['O', 'B-PER', 'I-ORG', 'B-LOC', 'B-ORG', 'I-PER']);
    const cell = (gold: string, predicted: string) =>
      confusion!.counts[confusion!.tags.indexOf(gold) * 6 + confusion!.tags.indexOf(predicted)];
    expect([cell('O', 'O'), cell('B-PER', 'B-ORG'), cell('I-ORG', 'O'), cell('O', 'I-ORG')]).toEqual([4, 1, 1, 0]);
    expect(confusion!.counts.reduce((sum, count) => sum + count, 0)).toBe(12);
  });

  test('lists mistakes of each kind, the most confident first', async () => {
    const { errors, errorCount, errorKinds } = (await evaluateTagger(tagger, sentences)).columns[0]!;
    expect(errors.map(({ kind, line, start, end, probability }) => [kind, line, start, end, probability])).toEqual([
      ['spurious', 11, 5, 6, 0.88],
      ['bounds', 11, 1, 4, 0.75],
      ['type', 4, 3, 4, 0.65],
      ['missed', 4, 5, 6, 0.55],
    ]);
    expect(errors[2]).toMatchObject({
      before: cut('Ada King met'),
      tokens: ['Bell'],
      after: cut('in Paris'),
      gold: [{ type: 'PER', start: 3, end: 4 }],
      predicted: [{ type: 'ORG', start: 3, end: 4 }],
    });
    expect([errorCount, errorKinds]).toEqual([4, { spurious: 1, bounds: 1, type: 1, missed: 1 }]);
    const fewer = (await evaluateTagger(tagger, sentences, { errors: 1 })).columns[0]!;
    expect([fewer.errors.length, fewer.errorCount]).toEqual([1, 4]);
  });

  test('compares probabilities with what is right', async () => {
    const { tokens, spans } = (await evaluateTagger(tagger, sentences)).columns[0]!.calibration!;
    expect([tokens.count, spans!.count]).toEqual([12, 4]);
    const [wrong, right] = [
      [0.65, 0.55, 0.75, 0.88],
      [0.95, 0.92, 0.99, 0.98, 0.97, 0.85, 0.8, 0.96],
    ];
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / 12;
    expect(tokens.brier).toBeCloseTo(mean([...wrong.map((p) => p ** 2), ...right.map((p) => (1 - p) ** 2)]), 12);
    expect(tokens.logLossNats).toBeCloseTo(
      mean([...wrong.map((p) => -Math.log(1 - p)), ...right.map((p) => -Math.log(p))]),
      12,
    );
    // by tenths: 0.5, 0.6 and 0.7 hold one mistake each; 0.8 two right and one wrong of mean 2.53 / 3; 0.9 six right
    const gaps = [0.55, 0.65, 0.75, Math.abs(2 - 2.53), 6 - 5.77];
    expect(tokens.expectedError).toBeCloseTo(mean(gaps), 12);
    expect(tokens.bins[8]).toEqual({
      from: 0.8,
      to: 0.9,
      count: 3,
      confidence: expect.closeTo(2.53 / 3, 12),
      accuracy: 2 / 3,
    });
    expect(spans!.brier).toBeCloseTo((0.1 ** 2 + 0.6 ** 2 + 0.7 ** 2 + 0.85 ** 2) / 4, 12);
  });

  test('scores words that training does not have by themselves', async () => {
    const known = new Set(cut('met in the of New'));
    const { unknownWords, knownWords } = (
      await evaluateTagger(tagger, sentences, { knowsWord: (word) => known.has(word) })
    ).columns[0]!;
    expect(knownWords).toEqual({ tokens: 5, accuracy: 1 });
    // Ada, King, York are right; Bell, Paris, Times, May are not
    expect(unknownWords).toEqual({ tokens: 7, accuracy: 3 / 7 });
  });

  test('of several columns counts a sentence as right where all of them are', async () => {
    const two = [column('tag', { scheme: 'none' }), column('labels', { scheme: 'none', multiLabel: true })];
    const data = [sentence('a b', 'X Y', 'p|q _'), sentence('c', 'O', 'p'), sentence('d', 'X', '_')];
    const said = [
      ['X Y', 'q|p _'],
      ['O', '_'],
      ['Y', '_'],
    ].map((tags) => tags.map((each) => ({ tags: cut(each) })));
    const result = await evaluateTagger(new TableTagger('two', two, said), data);
    expect(result.exactSentences).toBe(1 / 3);
    expect(result.columns.map(({ counted, scores }) => [counted, scores.accuracy, scores.f1])).toEqual([
      ['tags', 3 / 4, 2 / 3],
      ['labels', 3 / 4, 4 / 5],
    ]);
    expect(result.columns.map((each) => 'confusion' in each)).toEqual([true, false]);
    expect(result.columns.some((each) => 'calibration' in each || 'unknownWords' in each)).toBe(false);
    expect(result.columns[1]!.errors).toMatchObject([
      { kind: 'tag', gold: [{ type: 'p' }], predicted: [{ type: '_' }] },
    ]);
  });

  test('takes spans that overlap as one mistake, and neighbours as two', async () => {
    const data = [sentence('a b c d e f', 'B-X I-X O B-X B-Y I-Y')];
    const said = [[{ tags: cut('O O B-X B-Z I-Z I-Z') }]];
    const { errors } = (await evaluateTagger(new TableTagger('t', entities, said), data)).columns[0]!;
    expect(errors.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['missed', 0, 2],
      ['spurious', 2, 3],
      ['both', 3, 6],
    ]);
    expect(errors[2]!.gold).toEqual([
      { type: 'X', start: 3, end: 4 },
      { type: 'Y', start: 4, end: 6 },
    ]);
  });

  test('shows of a very long sentence the words around a mistake', async () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    const long: Sentence = { line: 1, tokens: words, tags: [words.map(() => 'B-X')], features: [] };
    const said = words.map((_, t) => (t === 10_000 ? 'O' : 'B-X'));
    const [found] = (await evaluateTagger(new TableTagger('t', entities, [[{ tags: said }]]), [long])).columns;
    expect(found!.errors).toMatchObject([{ kind: 'missed', start: 10_000, end: 10_001, tokens: ['w10000'] }]);
    expect([found!.errors[0]!.before[0], found!.errors[0]!.after.at(-1)]).toEqual(['w9992', 'w10008']);
    expect(found!.scores).toMatchObject({ tokens: 20_000, precision: 1, recall: 0.999_95 });
  });

  test('tells how far it is, and stops when asked to', async () => {
    const seen: number[] = [];
    await evaluateTagger(tagger, sentences, { onProgress: ({ tokens }) => seen.push(tokens) });
    expect(seen).toEqual([6, 12]);
    const aborting = evaluateTagger(tagger, sentences, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(aborting).rejects.toThrow('enough');
  });

  test('needs sentences with tags', async () => {
    await expect(evaluateTagger(tagger, [])).rejects.toThrow(/no token to evaluate/);
    const bare: Sentence = { line: 7, tokens: ['x'], features: [] };
    await expect(evaluateTagger(tagger, [bare])).rejects.toThrow(
      /line 7: the sentence has 0 columns of tags, and table writes 1 \(entity\)/,
    );
  });
});
