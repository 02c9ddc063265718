import type { FeatureConfig } from '../config.js';
import type { FeatureStream, RecognitionFacts } from '../types.js';
import { createFeatures } from './extractor.js';
import { createNormalizationStage } from './normalization.js';
import { inSequence } from './stages.js';

/**
 * Sound to normalised features a piece at a time: the bits of `createFeatures` and `normalize` over the whole.
 *
 * @throws {ConfigError} `config/streaming` for a normalisation that needs the whole recording
 */
export function createFeatureStream({
  features,
  facts,
}: {
  readonly features: FeatureConfig;
  readonly facts: Pick<RecognitionFacts, 'sampleRate' | 'mean' | 'deviation'>;
}): FeatureStream {
  const { mean, deviation, sampleRate } = facts;
  const extractor = createFeatures(features, sampleRate);
  const statistics = mean && deviation && { mean, deviation };
  return inSequence(extractor.stream(), createNormalizationStage(features, { size: extractor.size, statistics }));
}
