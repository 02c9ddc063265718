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
