import { randomKey } from '@unroll/core';
import { expect, test } from 'vitest';
import { compareTranslations, countWords, evaluationSections, judgeTexts } from '../src/index.js';

const references = ['one two three', 'a good day', 'the dog runs home'];
const sources = ['eins zwei drei', 'ein guter Tag', 'der Hund rennt heim'];
const mine = { name: 'net', hypotheses: ['one two three', 'a good day', 'the cat runs home'] };
const other = { name: 'copy', hypotheses: sources };

function sections() {
  const wordCount = countWords(['one two three', 'a a a good dog']);
  const evaluation = judgeTexts({ ...mine, references, sources }, { wordCount, perplexity: 3.25 });
  const against = judgeTexts({ ...other, references, sources });
  const comparison = compareTranslations(mine, other, { references, key: randomKey(1), test: 'bootstrap', trials: 20 });
  return evaluationSections(evaluation, [against], { comparisons: [comparison] });
}

test('an evaluation is told in words and tables', () => {
  const [{ title, paragraphs, tables }] = sections() as [ReturnType<typeof sections>[number]];
  expect(title).toBe('Evaluation');
  expect(paragraphs[0]).toMatch(/^net .*BLEU 63\.\d\d against 0\.00/);
  expect(paragraphs[1]).toMatch(
    /^3 sentences\. BLEU = 63\.\d\d .*nrefs:1\|.* 66\.67 % are exactly as the reference\.$/,
  );
  expect(tables.map(({ caption }) => caption)).toEqual([
    'Overall',
    'Each score with its signature, by which it can be computed again',
    'net against copy: paired bootstrap resampling, 20 trials',
    'By words of the source',
    'Words by how often training has them',
    'Words that are missing most often',
    'Words that are written without need most often',
    'The worst by chrF; [-missing-], {+added+}',
  ]);
  const [overall, , compared, , frequency] = tables;
  expect(overall!.rows.map(([name, , , , perplexity]) => [name, perplexity])).toEqual([
    ['net', '3.25'],
    ['copy', ''],
  ]);
  expect(compared!.rows[0]![1]).toMatch(/^63\.\d\d ± \d+\.\d\d$/);
  expect(frequency!.rows.map(([range]) => range)).toEqual(['0', '1', '2 to 4']);
  expect(tables.at(-1)!.rows[0]!.slice(2)).toEqual([
    'der Hund rennt heim',
    'the dog runs home',
    'the cat runs home',
    'the [-dog-] {+cat+} runs home',
  ]);
});

test('every row has as many cells as its head', () => {
  for (const { tables } of sections()) {
    for (const { head, rows } of tables) expect(rows.map((row) => row.length)).toEqual(rows.map(() => head.length));
  }
});
