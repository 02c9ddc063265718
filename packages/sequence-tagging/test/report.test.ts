import { randomKey } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import {
  compareTaggers,
  confusionOfWorst,
  errorContext,
  evaluateTagger,
  evaluationSections,
  mostConfused,
} from '../src/index.js';
import { column, cut, sentence, TableTagger } from './evaluation/table-tagger.js';

const sentences = [sentence('Ada met Bell in Paris', 'B-PER O B-PER O B-LOC', 'NN VB NN IN NN')];
const columns = [column('entity'), column('pos', { scheme: 'none' })];

const network = new TableTagger('network', columns, [
  [
    {
      tags: cut('B-PER O B-ORG O B-LOC'),
      probabilities: Float64Array.of(0.99, 0.9, 0.7, 0.9, 0.8),
      spans: [
        { type: 'PER', start: 0, end: 1, probability: 0.99 },
        { type: 'ORG', start: 2, end: 3, probability: 0.7 },
        { type: 'LOC', start: 4, end: 5, probability: 0.8 },
      ],
    },
    { tags: cut('NN VB NN IN VB') },
  ],
]);
const baseline = new TableTagger('most-frequent', columns, [
  [{ tags: cut('B-PER O O O O') }, { tags: cut('NN NN NN NN NN') }],
]);

async function sections() {
  const ours = await evaluateTagger(network, sentences, { knowsWord: (word) => word !== 'Paris' });
  const theirs = await evaluateTagger(baseline, sentences);
  const comparisons = [compareTaggers(ours, theirs, { key: randomKey(1) })];
  return evaluationSections(ours, [theirs], { comparisons });
}

describe('the sections of an evaluation', () => {
  test('are one for each column, with all taggers side by side, the best first', async () => {
    const [entity, pos] = await sections();
    expect([entity!.title, pos!.title]).toEqual(['Evaluation: entity', 'Evaluation: pos']);
    expect(entity!.tables[0]).toEqual({
      caption: 'Overall',
      head: ['tagger', 'tokens', 'accuracy %', 'precision %', 'recall %', 'F1 %'],
      rows: [
        ['network', '5', '80.00', '66.67', '66.67', '66.67'],
        ['most-frequent', '5', '60.00', '100.00', '33.33', '50.00'],
      ],
    });
  });

  test('say in words what beats what, what was counted, and what probabilities mean', async () => {
    const [entity, pos] = await sections();
    expect(entity!.paragraphs[0]).toMatch(/^network is no better than most-frequent.*F1 66.67 against 50.00/);
    expect(entity!.paragraphs[1]).toBe(
      '1 sentence, 5 tokens. Precision, recall and F1 are of spans, counted as conlleval does. In 0.00 % of the sentences every tag ' +
        'of every column is right. 1 token (20.00 %) is a word that training does not have: accuracy 100.00 %, of the others 75.00 %.',
    );
    expect(entity!.paragraphs[2]).toMatch(
      /^The probability of a tag is off by \d+\.\d\d points.*The probability of a span is off/,
    );
    expect(pos!.paragraphs).toHaveLength(1);
  });

  test('have classes, confusions and mistakes as tables, and calibration as a picture', async () => {
    const [entity, pos] = await sections();
    const byCaption = (start: string) => entity!.tables.find(({ caption }) => caption?.startsWith(start));
    expect(byCaption('By class')!.rows).toEqual([
      ['PER', '100.00', '50.00', '66.67', '2', '1'],
      ['LOC', '100.00', '100.00', '100.00', '1', '1'],
      ['ORG', '0.00', '0.00', '0.00', '0', '1'],
      ['micro average', '66.67', '66.67', '66.67', '', ''],
      ['macro average', '66.67', '50.00', '55.56', '', ''],
      ['weighted average', '100.00', '66.67', '77.78', '', ''],
    ]);
    expect(byCaption('Most frequent mistakes')!.rows).toEqual([['B-PER', 'B-ORG', '1', '50.00']]);
    expect(byCaption('Confusion')!.head).toEqual(['', 'B-PER', 'O', 'B-LOC', 'B-ORG']);
    expect(byCaption('Kinds of mistakes')!.rows).toEqual([['another type', '1', '100.00']]);
    expect(byCaption('1 mistake of 1, the most confident first')!.rows).toEqual([
      ['1', 'Ada met [Bell] in Paris', 'PER', 'ORG', '0.700'],
    ]);
    expect(entity!.pictures.map(({ name }) => name)).toEqual(['calibration-1']);
    const [, tags, spans] = entity!.pictures[0]!.chart.layers;
    expect(tags).toMatchObject({
      name: 'tags',
      points: [
        [0.7, 0],
        [0.8, 1],
        [expect.closeTo(0.93, 10), 1],
      ],
    });
    expect(spans).toMatchObject({
      name: 'spans',
      points: [
        [0.7, 0],
        [0.8, 1],
        [0.99, 1],
      ],
    });
    expect(pos!.pictures).toEqual([]);
    for (const { head, rows } of [...entity!.tables, ...pos!.tables]) {
      expect(rows.every((row) => row.length === head.length)).toBe(true);
    }
  });
});

test('a mistake is shown among the words around it', () => {
  expect(errorContext({ before: ['we', 'met'], tokens: ['Ada', 'King'], after: ['.'] })).toBe('we met [Ada King] .');
});

test('a matrix of many tags is cut to those with most mistakes', () => {
  const confusion = { tags: ['A', 'B', 'C'], counts: [9, 0, 1, 0, 5, 0, 2, 0, 3] };
  expect(confusionOfWorst(confusion, 2)).toEqual({ tags: ['A', 'C'], counts: [9, 1, 2, 3] });
  expect(confusionOfWorst(confusion, 3)).toBe(confusion);
  expect(mostConfused(confusion, 1)).toEqual([{ gold: 'C', predicted: 'A', count: 2, share: 0.4 }]);
});
