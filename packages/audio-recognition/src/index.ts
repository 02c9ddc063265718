export { specAugment, type SpecAugmentOptions } from './augmentation/spec-augment.js';
export { augmentWaveform, type AugmentWaveformOptions } from './augmentation/waveform.js';
export {
  audioRecognitionConfigSchema,
  parseAudioRecognitionConfig,
  type AudioRecognitionConfig,
  type AudioRecognitionConfigInput,
  type AugmentationConfig,
  type DataConfig,
  type DecodingConfig,
  type FeatureConfig,
  type ManifestFormat,
  type ModelConfig,
  type TaskName,
} from './config.js';
export type * from './types.js';
