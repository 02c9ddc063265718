import { appProcesses } from '../../../test/support/app-processes.js';

export { finished, readLog, waitForLog, Workplace, type Finished } from '../../../test/support/app-processes.js';
export const { shellCommand, start, run, succeed } = appProcesses('language-model');

/** A little language: every sentence says where an animal is going, and the next one follows from it. */
export function makeText(sentences: number): string {
  const animals = ['whale', 'gull', 'shark', 'squid', 'seal'];
  const places = ['the bay', 'an island', 'the deep', 'a harbour'];
  return Array.from({ length: sentences }, (_, i) => {
    const animal = animals[(i * i + 3 * i) % animals.length];
    return `the ${animal} swims to ${places[(7 * i) % places.length]}, and then it sleeps.\n`;
  }).join('');
}

/** A model that trains in a second, even in plain JavaScript. */
export const tinyModel = [
  'model.hiddenSize=12',
  'model.layers=1',
  'batches.batchSize=4',
  'batches.truncationSteps=8',
  'training.optimizer.name=adam',
  'training.optimizer.learningRate=0.01',
].flatMap((setting) => ['--set', setting]);
