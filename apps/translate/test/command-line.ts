import { appProcesses } from '../../../test/support/app-processes.js';

export { finished, trainTwice, Workplace } from '../../../test/support/app-processes.js';
export const { start, run, succeed } = appProcesses('translate');

/** A little language and its translation, in which the verb goes to the end. */
const people = [
  ['ann', 'ann'],
  ['the boy', 'der junge'],
  ['my aunt', 'meine tante'],
  ['nobody', 'niemand'],
] as const;
const verbs = [
  ['sees', 'sieht'],
  ['paints', 'malt'],
  ['sells', 'verkauft'],
] as const;
const things = [
  ['a red kite', 'einen roten drachen'],
  ['the old boat', 'das alte boot'],
  ['two apples', 'zwei äpfel'],
  ['her hat', 'ihren hut'],
  ['it', 'es'],
] as const;

/** Pairs that differ from each other, at most 60: each is put together by its number alone. */
export function makePairs(count: number, from = 0): readonly (readonly [source: string, target: string])[] {
  return Array.from({ length: count }, (_, k) => {
    const i = (7 * (from + k)) % 60;
    const person = people[i % people.length]!;
    const verb = verbs[Math.floor(i / people.length) % verbs.length]!;
    const thing = things[Math.floor(i / (people.length * verbs.length))]!;
    return [`${person[0]} ${verb[0]} ${thing[0]} .`, `${person[1]} ${thing[1]} ${verb[1]} .`];
  });
}

/** One side, a text a line. */
export function side(pairs: readonly (readonly [string, string])[], index: 0 | 1): string {
  return pairs.map((pair) => `${pair[index]}\n`).join('');
}

/** A translator that trains in seconds, even in plain JavaScript. */
export const tinyModel = [
  'tokenization.unit=word',
  'tokenization.words=whitespace',
  'tokenization.joint=false',
  'model.embeddingSize=16',
  'model.encoder.hiddenSize=16',
  'model.decoder.hiddenSize=24',
  'model.attention.size=16',
  'batches.sentences=8',
  'decoding.beam=3',
  'training.optimizer.learningRate=0.02',
].flatMap((setting) => ['--set', setting]);
