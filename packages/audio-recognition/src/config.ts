import { cellNames, parseConfig, trainingConfigSchema, type Frozen } from '@unroll/core';
import { z } from 'zod';

const rate = z.number().min(0).lt(1).default(0);
const chance = z.number().min(0).max(1).default(0);
const size = z.int().min(1);
const seconds = z.number().positive();
const range = (low: number, high: number) => z.tuple([z.number(), z.number()]).default([low, high]);

export const taskNames = ['classify', 'transcribe', 'speaker'] as const;
export const manifestFormats = ['csv', 'jsonl'] as const;

/** How files become recordings, and recordings samples. */
export const dataConfigSchema = z.strictObject({
  /** of a manifest; csv: with a header, columns apart by comma, semicolon or tab; jsonl: an object a line */
  format: z.enum(['auto', ...manifestFormats]).default('auto'),
  /**
   * What a path in a folder says of its recording: `{label}`, `{speaker}`, `{take}`, `{transcript}` and `{*}` (anything) between literal
   * characters; each stands for the shortest run without `/` that lets the whole match. `{label}/{*}.wav` is a folder a class.
   */
  pattern: z.string().min(1).default('{label}/{*}.wav'),
  /** columns or keys of a manifest */
  columns: z
    .strictObject({
      path: z.string().min(1).default('path'),
      /** seconds from the beginning of the file */
      start: z.string().min(1).default('start'),
      end: z.string().min(1).default('end'),
      label: z.string().min(1).default('label'),
      transcript: z.string().min(1).default('transcript'),
      speaker: z.string().min(1).default('speaker'),
      /** recordings of one take never come into different splits */
      take: z.string().min(1).default('take'),
    })
    .prefault({}),
  /** in hertz, to which everything is resampled; 0 = that of most training recordings */
  sampleRate: z.int().min(0).max(768_000).default(0),
  /** of files with several: their mean, or one by number from 1 */
  channel: z.union([z.literal('mix'), size]).default('mix'),
  /** silence at both ends is cut off where the level is so far below the loudest frame, in decibels; 0 = nothing is */
  trimDecibels: z.number().min(0).default(0),
  /** kept before and after what is not silent */
  trimMarginSeconds: z.number().min(0).default(0.05),
  /** classification: clips are cut in the middle or filled with zeros to this length; 0 = as long as they are */
  clipSeconds: z.number().min(0).default(0),
  /** shorter and longer ones are left out of training and counted */
  minimumSeconds: z.number().min(0).default(0),
  maximumSeconds: seconds.default(60),
  /** recordings that are held out when no validation data is given */
  validationFraction: z.number().gt(0).lt(1).default(0.1),
  /** what is held out together; auto: whole speakers, where there are at least two; else whole takes; else recordings */
  splitBy: z.enum(['auto', 'speaker', 'take', 'recording']).default('auto'),
  /** symbols of a transcript: characters, or words apart by white space */
  unit: z.enum(['character', 'word']).default('character'),
  /** transcripts are read in lower case and without punctuation */
  normalizeTranscripts: z.boolean().default(true),
});

export const featureConfigSchema = z.strictObject({
  /**
   * Where both differ in window, mel scale, framing or the order of things (README.md lists it). librosa: frames centred, padded with zeros at
   * the ends, Slaney's mel scale, hann window. kaldi: only whole frames, HTK's mel scale, povey window, pre-emphasis and mean removal a frame.
   */
  convention: z.enum(['librosa', 'kaldi']).default('kaldi'),
  kind: z.enum(['log-mel', 'mfcc', 'log-spectrogram']).default('log-mel'),
  windowSeconds: seconds.default(0.025),
  hopSeconds: seconds.default(0.01),
  /** 0 = the next power of two */
  fftSize: z.int().min(0).max(65_536).default(0),
  /** auto: that of the convention */
  window: z.enum(['auto', 'hann', 'hamming', 'blackman', 'povey', 'rectangular']).default('auto'),
  mels: size.max(512).default(40),
  lowHertz: z.number().min(0).default(20),
  /** 0 = half the sample rate; negative: so far below it */
  highHertz: z.number().default(0),
  /** of mfcc */
  coefficients: size.default(13),
  lifter: z.number().min(0).default(22),
  /** one more column, the first: log of the frame's energy; of kaldi's mfcc it takes the place of coefficient 0, as there */
  energy: z.boolean().default(false),
  /** two more columns: normalised log pitch and how voiced a frame is */
  pitch: z.boolean().default(false),
  /** 1: differences in time beside the features, 2: differences of those, too */
  deltas: z.int().min(0).max(2).default(0),
  /** frames to either side that a difference looks at */
  deltaWindow: size.default(2),
  /** frames before and after that are laid beside each frame; then every `stride`th frame stays */
  splice: z
    .strictObject({
      left: z.int().min(0).default(0),
      right: z.int().min(0).default(0),
      stride: size.default(1),
    })
    .prefault({}),
  /** of each feature to mean 0: over a recording, over all of a speaker, over the last frames (300 at most), over the training split, or none */
  normalization: z.enum(['none', 'utterance', 'speaker', 'running', 'global']).default('global'),
  /** to variance 1 besides */
  variance: z.boolean().default(true),
});

/** In training only; each with a chance of its own. Waveform first, in this order, then SpecAugment. */
export const augmentationConfigSchema = z.strictObject({
  /** resampling, so that pitch moves, too: factors of the duration are 1 / factor */
  speed: z.strictObject({ chance, factors: range(0.9, 1.1) }).prefault({}),
  shift: z.strictObject({ chance, seconds: range(-0.1, 0.1) }).prefault({}),
  gain: z.strictObject({ chance, decibels: range(-6, 6) }).prefault({}),
  /** convolution with exponentially falling noise; T60 in seconds */
  reverb: z.strictObject({ chance, seconds: range(0.1, 0.4) }).prefault({}),
  /** white, or recordings of the folder `noiseFolder`; ratio of signal to noise in decibels */
  noise: z
    .strictObject({ chance, decibels: range(5, 25), folder: z.string().min(1).nullable().default(null) })
    .prefault({}),
  /** bands of features and runs of frames that are set to the mean (Park et al. 2019) */
  specAugment: z
    .strictObject({
      chance,
      frequencyMasks: z.int().min(0).default(2),
      /** widest band, in features */
      frequencyWidth: size.default(5),
      timeMasks: z.int().min(0).default(2),
      /** longest run, in frames */
      timeWidth: size.default(10),
      /** no run is longer than this share of the recording */
      timeShare: z.number().gt(0).max(1).default(0.2),
    })
    .prefault({}),
});

const convolution = z.strictObject({
  filters: size,
  /** frames, features */
  kernel: z.tuple([size, size]),
  stride: z.tuple([size, size]).default([1, 1]),
});

export const modelConfigSchema = z.strictObject({
  /** over time and features, each with batch normalisation and ReLU, before the recurrent layers */
  convolutions: z.array(convolution).default([]),
  /** a frame's convolution never sees later frames: for models that are fed live */
  causal: z.boolean().default(false),
  cell: z.enum(cellNames).default('gru'),
  layers: size.default(2),
  /** of each direction */
  hiddenSize: size.default(128),
  /** false: results come while the sound goes on */
  bidirectional: z.boolean().default(true),
  /**
   * From frames to one vector, of classify and speaker. last: last states of both directions; attention: weights from a learnt vector (Yang et al. 2016);
   * query: dot products with a linear map of the middle frame (de Andrade et al. 2018).
   */
  pooling: z.enum(['mean', 'max', 'last', 'attention', 'query']).default('mean'),
  /** ReLU layers between pooling and classes */
  dense: z.array(size).default([]),
  /** of speaker: the vector that voices are compared by */
  embeddingSize: size.default(128),
  /** of speaker: cosines between voices are multiplied by this before the softmax */
  cosineScale: z.number().positive().default(20),
  /** of speaker: what is taken off the cosine to the right voice in training, so that voices keep a distance (Wang et al. 2018) */
  cosineMargin: z.number().min(0).lt(1).default(0.1),
  dropout: z
    .strictObject({
      kind: z.enum(['plain', 'locked']).default('locked'),
      input: rate,
      /** between recurrent layers */
      layers: rate,
      /** on h inside the recurrent product */
      recurrent: rate,
      /** on what the output layer reads */
      output: rate,
    })
    .prefault({}),
});

/** How a transcribing model writes, unless told otherwise when it is asked. */
export const decodingConfigSchema = z.strictObject({
  /** 1 = greedy: the best symbol of each frame */
  beam: size.default(1),
  /** symbols of a frame that are less likely are not followed */
  minimumProbability: z.number().min(0).max(1).default(0.0001),
  /** α: of the language model's log-probability */
  languageWeight: z.number().min(0).default(0.5),
  /** β: added for each word, or for each symbol where there are no words */
  insertionBonus: z.number().default(0),
});

export const audioRecognitionConfigSchema = z
  .strictObject({
    seed: z.int().min(0).default(1),
    task: z.enum(taskNames).default('classify'),
    data: dataConfigSchema.prefault({}),
    features: featureConfigSchema.prefault({}),
    augmentation: augmentationConfigSchema.prefault({}),
    model: modelConfigSchema.prefault({}),
    batches: z
      .strictObject({
        /** recordings of one update at most */
        recordings: size.default(32),
        /** frames of one update at most, padding included; a longer recording is a batch by itself */
        frames: size.default(20_000),
      })
      .prefault({}),
    /** ε, of classify and speaker: the target distribution is (1 − ε)·onehot + ε / classes */
    labelSmoothing: z.number().min(0).lt(1).default(0),
    /** of transcribe: recordings too short for their transcript are left out and counted, or stop the run */
    impossible: z.enum(['skip', 'error']).default('skip'),
    decoding: decodingConfigSchema.prefault({}),
    training: trainingConfigSchema.prefault({
      epochs: 30,
      optimizer: { name: 'adam', learningRate: 0.001 },
      clipNorm: 5,
    }),
  })
  .refine(({ task, model }) => task === 'transcribe' || model.pooling !== 'query' || model.bidirectional, {
    path: ['model', 'pooling'],
    message: 'query reads the middle frame, which must have seen both ends: it needs model.bidirectional',
  })
  .refine(({ features }) => features.kind !== 'mfcc' || features.coefficients <= features.mels, {
    path: ['features', 'coefficients'],
    message: 'must not be more than features.mels',
  });

export type AudioRecognitionConfig = Frozen<z.output<typeof audioRecognitionConfigSchema>>;
/** What a preset or a file may leave out. */
export type AudioRecognitionConfigInput = z.input<typeof audioRecognitionConfigSchema>;
export type DataConfig = AudioRecognitionConfig['data'];
export type FeatureConfig = AudioRecognitionConfig['features'];
export type AugmentationConfig = AudioRecognitionConfig['augmentation'];
export type ModelConfig = AudioRecognitionConfig['model'];
export type DecodingConfig = AudioRecognitionConfig['decoding'];
export type TaskName = (typeof taskNames)[number];
export type ManifestFormat = (typeof manifestFormats)[number];

/** A configuration with every default filled in. @throws {ConfigError} for a key or value that cannot be used */
export function parseAudioRecognitionConfig(input: AudioRecognitionConfigInput): AudioRecognitionConfig {
  return parseConfig(audioRecognitionConfigSchema, input);
}
