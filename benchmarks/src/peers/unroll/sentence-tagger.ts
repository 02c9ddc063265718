import { deriveKey } from '@unroll/core';
import { createTaggingModel, createTaggingTask, networkTagger } from '@unroll/sequence-tagging';
import type { Ran } from '../../harness/protocol.js';
import type { SentenceTaggerShape } from '../../models.js';
import { prepareTaggingWork, type TaggingWork } from '../../sentence-tagging.js';
import { timeAwaited, type Repetitions, type Session, type StartOf } from './session.js';
import { Training } from './training.js';

/** The tagger as a user of the packages builds it. */
export async function startSentenceTagger({ shape }: StartOf<SentenceTaggerShape>): Promise<Session> {
  return sessionOf(await prepareTaggingWork(shape));
}

export function sessionOf(work: TaggingWork): Session {
  const { model, training } = createSentenceTagger(work);
  const tagger = networkTagger({ model });
  const tag = async () => {
    let tagged = 0;
    for await (const { columns } of tagger.tag(work.sentences)) tagged += columns[0]!.tags.length;
    if (tagged === 0) throw new Error('no token was tagged');
  };
  return {
    parameters: Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0),
    run: (kind, repetitions) =>
      kind === 'tag' ? timeAwaited(repetitions, tag) : trainAll(training, work, repetitions),
  };
}

export function createSentenceTagger(work: TaggingWork) {
  const { config, prepared, key, train } = work;
  const model = createTaggingModel({ config, facts: prepared.facts, key: deriveKey(key, 'model') });
  // without the validation split, which every epoch would end with
  const { valid: _, ...whole } = createTaggingTask({ config, model, prepared });
  const task = { ...whole, train };
  return { model, task, training: new Training(task, config.training, config.seed) };
}

/** One repetition is an update on each batch. */
async function trainAll(training: Training, { train }: TaggingWork, repetitions: Repetitions): Promise<Ran> {
  let lossNats = Number.NaN;
  const ran = await timeAwaited(repetitions, async () => {
    const all = await training.run({ count: train.batchesPerEpoch, budgetMs: Number.POSITIVE_INFINITY });
    lossNats = all.lossNats ?? lossNats;
  });
  return { ...ran, lossNats };
}
