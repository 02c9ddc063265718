import { appProcesses } from '../../../test/support/app-processes.js';

export { finished, readLog, trainTwice, Workplace } from '../../../test/support/app-processes.js';
export const { start, run, succeed } = appProcesses('tag');

/** A word, its part of speech, its tag of an entity in IOB2. */
export type Row = readonly [word: string, part: string, tag: string];

/** Lund and Bath are a person here and a place there: a word alone does not tell. */
const people = ['Ann Lee', 'Lund', 'Mira van Dam', 'Otto Berg', 'Bath', 'Raj Patel'];
const places = ['Rome', 'New Oslo', 'Port Ellen', 'Lund', 'Bath'];

/** A little language: somebody travels somewhere, and every sentence is put together by its number alone. */
export function makeSentences(count: number, from = 0): readonly (readonly Row[])[] {
  return Array.from({ length: count }, (_, k) => {
    const i = from + k;
    const person = spanRows(people[(5 * i + Math.floor(i / 4)) % people.length]!, 'PER');
    const place = spanRows(places[(3 * i + Math.floor(i / 5)) % places.length]!, 'LOC');
    const verb: Row = [['saw', 'left', 'likes'][i % 3]!, 'VERB', 'O'];
    const end: Row = ['.', 'PUNCT', 'O'];
    if (i % 4 === 3) return [...place, ['calls', 'VERB', 'O'], ...person, end];
    return [...person, verb, ['old', 'ADJ', 'O'], ...place, end];
  });
}

function spanRows(words: string, type: string): readonly Row[] {
  return words.split(' ').map((word, i) => [word, 'NOUN', `${i === 0 ? 'B' : 'I'}-${type}`]);
}

/** CoNLL columns: word, part, tag. */
export function conll(sentences: readonly (readonly Row[])[], columns: readonly number[] = [0, 1, 2]): string {
  return sentences.map((rows) => `${rows.map((row) => columns.map((c) => row[c]).join(' ')).join('\n')}\n\n`).join('');
}

/** A tagger that trains in seconds, even in plain JavaScript. */
export const tinyModel = [
  'model.words.size=12',
  'model.characters={"kind":"cnn","size":6,"filters":8}',
  'model.featureSize=4',
  'model.layers=1',
  'model.hiddenSize=12',
  'model.dropout.input=0.1',
  'model.dropout.layers=0',
  'model.dropout.output=0',
  'batches.sentences=8',
  'training.optimizer.learningRate=0.02',
].flatMap((setting) => ['--set', setting]);
