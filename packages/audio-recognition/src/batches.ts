import { createBuckets, deriveKey, type BatchSource, type RandomKey } from '@unroll/core';
import { specAugment } from './augmentation/spec-augment.js';
import { augmentWaveform, augmentsWaveforms } from './augmentation/waveform.js';
import type { AudioRecognitionConfig } from './config.js';
import { createFeatures } from './features/extractor.js';
import { normalized } from './sound-features.js';
import type { Batch, Example, RecognitionFacts } from './types.js';

export interface BatchSourceOptions {
  readonly config: AudioRecognitionConfig;
  readonly facts: RecognitionFacts;
  /** train: in random order, augmented; valid: in order of length, as they are */
  readonly part: 'train' | 'valid';
  /** that may be mixed in in training; white noise without */
  readonly noise?: readonly Float32Array[] | undefined;
}

/**
 * Batches of recordings of about one length. In training each is changed as `augmentation` says, by a key of epoch and recording: the waveform
 * first, whose features are computed anew, then bands and frames of the features.
 */
export function createBatchSource(examples: readonly Example[], options: BatchSourceOptions): BatchSource<Batch> {
  const { config, facts, part } = options;
  const buckets = bucketsOf(examples, config.batches);
  const augment = part === 'train' ? createAugmentation(options) : undefined;
  return {
    batchesPerEpoch: buckets.batchCount,
    *batches(epoch, key, from) {
      const groups = buckets.batches(part === 'train' ? deriveKey(key, 'order', epoch) : undefined);
      for (let index = from; index < groups.length; index++) {
        const heard = Array.from(groups[index]!, (item) => {
          const example = examples[item]!;
          return augment ? augment(example, deriveKey(key, 'augmentation', epoch, item)) : example;
        });
        yield collate(heard, facts.featureSize);
      }
    },
  };
}

function createAugmentation({
  config,
  facts,
  noise,
}: BatchSourceOptions): ((example: Example, key: RandomKey) => Example) | undefined {
  const { augmentation, features } = config;
  const hasWaveforms = augmentsWaveforms(augmentation);
  if (!hasWaveforms && augmentation.specAugment.chance === 0) return undefined;
  const extractor = createFeatures(features, facts.sampleRate);
  const silence = features.normalization === 'none' ? undefined : new Float32Array(facts.featureSize);
  const anew = (example: Example, original: Float32Array, key: RandomKey): Example => {
    const samples = augmentWaveform(original, { config: augmentation, sampleRate: facts.sampleRate, key, noise });
    if (samples === original) return example;
    const { statistics } = example;
    const changed = normalized(extractor.extract(samples), config, { facts, statistics });
    return { ...example, features: changed, frames: changed.length / facts.featureSize };
  };
  return (example, key) => {
    const { samples } = example;
    const heard = samples ? anew(example, samples, deriveKey(key, 'waveform')) : example;
    const options = { config: augmentation.specAugment, key: deriveKey(key, 'features'), mean: silence };
    return { ...heard, features: specAugment(heard.features, heard.frames, options) };
  };
}

export interface InferenceBatch {
  readonly batch: Batch;
  /** `[batch]`: which example a row is */
  readonly order: Uint32Array;
}

/** Larger than in training: nothing is kept for a backward pass. */
const inferenceLimits = { recordings: 64, frames: 40_000 };

/** Examples that are to be recognised, those of about one length together. */
export function* inferenceBatches(
  examples: readonly Example[],
  { featureSize }: Pick<RecognitionFacts, 'featureSize'>,
): Generator<InferenceBatch> {
  for (const order of bucketsOf(examples, inferenceLimits).batches()) {
    const batch = collate(
      Array.from(order, (item) => examples[item]!),
      featureSize,
    );
    yield { batch, order };
  }
}

function bucketsOf(examples: readonly Example[], { recordings, frames }: AudioRecognitionConfig['batches']) {
  return createBuckets(
    examples.map((example) => example.frames),
    { items: recordings, tokens: frames },
  );
}

/** Examples side by side, padded with zeros. */
export function collate(examples: readonly Example[], featureSize: number): Batch {
  const batchSize = examples.length;
  const lengths = Int32Array.from(examples, ({ frames }) => frames);
  // a batch without a frame has one of padding, for no tensor is empty
  const timeSteps = lengths.reduce((longest, length) => Math.max(longest, length), 1);
  const features = new Float32Array(timeSteps * batchSize * featureSize);
  examples.forEach((example, row) => {
    for (let t = 0; t < example.frames; t++) {
      const frame = example.features.subarray(t * featureSize, (t + 1) * featureSize);
      features.set(frame, (t * batchSize + row) * featureSize);
    }
  });
  const symbols = examples.flatMap((example) => (example.symbols ? [example.symbols] : []));
  const hasTargets = examples.every(({ target }) => target !== undefined);
  const hasSymbols = symbols.length === batchSize;
  const known = hasTargets ? examples.filter(({ target }) => target! >= 0).length : batchSize;
  return {
    timeSteps,
    batchSize,
    lengths,
    features,
    count: hasSymbols ? symbols.reduce((sum, ids) => sum + Math.max(1, ids.length), 0) : known,
    ...(hasTargets && { targets: Int32Array.from(examples, ({ target }) => target!) }),
    ...(hasSymbols && { symbols }),
  };
}
