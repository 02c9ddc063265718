/**
 * Trains the sentence tagger with a CRF and watches its kernels: prints as JSON how long a step takes, and how much of it
 * the CRF. Its argument is the number of threads.
 */
import { configureNative } from '@unroll/backend-native';
import { randomKey, train } from '@unroll/core';
import { StepProfiler } from '@unroll/core/profiling';
import * as tf from '@tensorflow/tfjs-core';
import type { CrfShare } from '../measures/tagging.js';
import { sentenceTagger } from '../models.js';
import { createSentenceTagger } from '../peers/unroll/sentence-tagger.js';
import { prepareTaggingWork } from '../sentence-tagging.js';

await tf.setBackend('native');
const { threads, matmul, instructionSet } = configureNative({ threads: Number(process.argv[2] ?? 0) });
const work = await prepareTaggingWork({ ...sentenceTagger, head: 'crf' });
const { task } = createSentenceTagger(work);
const { batchesPerEpoch } = work.train;
const clock = () => performance.now();
const profiler = new StepProfiler({
  backendName: 'native',
  steps: 4 * batchesPerEpoch,
  warmUpSteps: batchesPerEpoch,
  clock,
});
const events = train(task, { config: work.config.training, key: randomKey(1), clock });
for await (const _ of profiler.watchEvents(events)) if (profiler.finished) break;
const { rows, stepMs } = profiler.profile()!;
const crf = rows.filter(({ kind, name }) => kind === 'kernel' && name.startsWith('Crf'));
if (crf.length === 0) throw new Error('no kernel of the CRF ran');
const share: CrfShare = {
  stepMs: stepMs.mean,
  crfMs: crf.reduce((sum, row) => sum + row.msPerStep, 0),
  engine: `unroll native, ${matmul}, ${instructionSet}, ${threads} threads`,
};
process.stdout.write(JSON.stringify(share));
