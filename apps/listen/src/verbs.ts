import {
  decimalNumber,
  engineFlags,
  modelFlag,
  outFlag,
  outputFlags,
  seedFlag,
  wholeNumber,
  type Flag,
  type Verb,
} from '@unroll/cli';
import { decodingFlags, enrollFlag, fileFlags, htmlFlag, streamFlags, timingFlag } from './flags.js';

const thresholdFlag: Flag = {
  usage: '--threshold <p>',
  description: 'of words in a stream: less likely ones are not told (default: 0.5)',
  parse: decimalNumber({ min: 0, max: 1 }),
};

const evaluate: Verb = {
  name: 'evaluate',
  summary: 'score a trained model on recordings whose labels, transcripts or speakers are known',
  flags: [
    modelFlag,
    { usage: '--data <folder|file|dataset>', description: 'recordings: a folder, a manifest, or a dataset' },
    { usage: '--split <name>', description: 'train, valid or test of a dataset (default: test)' },
    ...fileFlags,
    ...decodingFlags,
    {
      usage: '--tune-language',
      description: 'first look for the weight and bonus of the language model that are best on --tune-data',
    },
    {
      usage: '--tune-data <path>',
      description:
        'of --tune-language: other recordings than those of --data (default: the valid split of the dataset)',
    },
    {
      usage: '--errors <n>',
      description: 'list so many of the worst errors',
      parse: wholeNumber({ min: 0 }),
    },
    {
      usage: '--spot',
      description:
        'of labelled words in long recordings: listen to each whole file as classify - does, and count misses and false alarms per hour',
    },
    thresholdFlag,
    htmlFlag,
    seedFlag,
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/evaluate.js')).evaluate(context),
};

const recordings = {
  name: 'file',
  description: 'WAV files and folders of them; - is raw sound on standard input, answered as it comes',
  several: true,
};
const ending: readonly Flag[] = [outFlag, timingFlag, ...streamFlags, ...engineFlags, ...outputFlags];
const topFlag: Flag = {
  usage: '--top <n>',
  description: 'the n most likely ones with their probabilities, separated by tabs',
  parse: wholeNumber({ min: 1, max: 1000 }),
};

const classify: Verb = {
  name: 'classify',
  alias: 'predict',
  summary: 'say which label each clip has; of a stream, which words were spotted and when',
  argument: recordings,
  flags: [modelFlag, topFlag, thresholdFlag, ...ending],
  run: async (context) => (await import('./commands/classify.js')).classify(context),
};

const transcribe: Verb = {
  name: 'transcribe',
  summary: 'write what was said, a line for every recording',
  argument: recordings,
  flags: [
    modelFlag,
    ...decodingFlags,
    {
      usage: '--n-best <n>',
      description: 'the n best transcripts of each, with their place and score, separated by tabs',
      parse: wholeNumber({ min: 1, max: 1000 }),
    },
    { usage: '--times', description: 'a line for every word: name, start and end in seconds, probability, word' },
    { usage: '--srt <file>', description: 'subtitles in SubRip form; a folder for those of several recordings' },
    { usage: '--vtt <file>', description: 'subtitles in WebVTT form; a folder for those of several recordings' },
    ...ending,
  ],
  run: async (context) => (await import('./commands/transcribe.js')).transcribe(context),
};

const identify: Verb = {
  name: 'identify',
  summary: 'say who speaks: of the speakers of the training data, or of voices that were enrolled',
  argument: recordings,
  flags: [
    modelFlag,
    topFlag,
    { usage: '--voices <file>', description: 'enrolled voices, as --enroll wrote them' },
    enrollFlag,
    {
      usage: '--threshold <c>',
      description: 'of enrolled voices: a cosine below it is nobody of them',
      parse: decimalNumber({ min: -1, max: 1 }),
    },
    ...ending,
  ],
  run: async (context) => (await import('./commands/identify.js')).identify(context),
};

const features: Verb = {
  name: 'features',
  summary: 'write the features of recordings, as a model would read them or by settings, and their picture',
  argument: { name: 'file', description: 'WAV files', several: true },
  flags: [
    { usage: '--model <dir>', description: 'folder of a trained run whose features are wanted (default: by --set)' },
    {
      usage: '--set <key=value>',
      description: 'a setting of the features: features.kind=mfcc; repeat for more',
      repeatable: true,
    },
    ...fileFlags.filter(({ usage }) => usage.startsWith('--channel')),
    {
      usage: '--out <file>',
      description: 'FILE.csv, FILE.npy or FILE.json; a folder for those of several (default: CSV on standard output)',
    },
    { usage: '--image <file>', description: 'a spectrogram: FILE.png or FILE.svg; a folder for those of several' },
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/features.js')).features(context),
};

export const verbs: readonly Verb[] = [evaluate, classify, transcribe, identify, features];
