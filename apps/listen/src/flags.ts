import { decimalNumber, oneOf, recurrentFlags, ValueError, wholeNumber, type Flag } from '@unroll/cli';

/** How recordings are found and read, as shorthands of `data.…`. */
export const fileFlags: readonly Flag[] = [
  {
    usage: '--format <name>',
    description: 'of a manifest: csv or jsonl (default: found)',
    setting: 'data.format',
    parse: oneOf('auto', 'csv', 'jsonl'),
  },
  {
    usage: '--pattern <path>',
    description:
      'what a path in a folder says: {label}, {speaker}, {take}, {transcript}, {*} (default: {label}/{*}.wav)',
    setting: 'data.pattern',
  },
  {
    usage: '--channel <n>',
    description: 'of recordings with several, from 1; mix is their mean (default: mix)',
    setting: 'data.channel',
    parse: (text) => (text === 'mix' ? text : wholeNumber({ min: 1 })(text)),
  },
];

export const trainFlags: readonly Flag[] = [
  {
    usage: '--task <name>',
    description: 'classify: which label; transcribe: what was said; speaker: whose voice (default: classify)',
    setting: 'task',
    parse: oneOf('classify', 'transcribe', 'speaker'),
  },
  ...fileFlags,
  {
    usage: '--sample-rate <hertz>',
    description: 'to which all sound is resampled (default: that of most recordings)',
    setting: 'data.sampleRate',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--split-by <name>',
    description: 'what is held out together: speaker, take or recording (default: the first that is known)',
    setting: 'data.splitBy',
    parse: oneOf('auto', 'speaker', 'take', 'recording'),
  },
  {
    usage: '--unit <name>',
    description: 'what a transcriber writes: character or word (default: character)',
    setting: 'data.unit',
    parse: oneOf('character', 'word'),
  },
  {
    usage: '--direction <name>',
    description: 'both, or forward: a model whose results come while the sound goes on (default: both)',
    setting: 'model.bidirectional',
    parse: (text) => oneOf('both', 'forward')(text) === 'both',
  },
  ...recurrentFlags({ cell: 'gru', layers: 2, hiddenSize: 128 }),
];

/** How a transcriber searches. */
export const decodingFlags: readonly Flag[] = [
  {
    usage: '--beam <n>',
    description: 'transcripts that are followed at once; 1 = the best symbol of each frame',
    parse: wholeNumber({ min: 1, max: 10_000 }),
  },
  {
    usage: '--language-model <path>',
    description: 'FILE.arpa, FILE.txt (a sentence a line), or the run folder of a model that unroll-lm trained',
  },
  {
    usage: '--language-weight <α>',
    description: "of the language model's log-probability",
    parse: decimalNumber({ min: 0 }),
  },
  {
    usage: '--insertion-bonus <β>',
    description: 'added for each word',
    parse: decimalNumber({}),
  },
  { usage: '--lexicon <file>', description: 'the words that may be written, one a line' },
];

/** Of sound that comes as raw samples on standard input. */
export const streamFlags: readonly Flag[] = [
  {
    usage: '--format <encoding>',
    description: 'of standard input: s16le, s24le, s32le, f32le, u8, alaw or mulaw (default: s16le)',
    parse: oneOf('s16le', 's24le', 's32le', 'f32le', 'u8', 'alaw', 'mulaw'),
  },
  {
    usage: '--rate <hertz>',
    description: 'of standard input (default: 16000)',
    parse: wholeNumber({ min: 100, max: 768_000 }),
  },
  {
    usage: '--channels <n>',
    description: 'of standard input, one sample after the other (default: 1)',
    parse: wholeNumber({ min: 1, max: 64 }),
  },
];

export const htmlFlag: Flag = {
  usage: '--html <file>',
  description: 'write a page with spectrograms, what the model made of them, and the sound',
};

export const timingFlag: Flag = {
  usage: '--timing',
  description: 'how long it took: the real-time factor; of a stream the latency of a piece',
};

/** `anna=a.wav`, several files separated by commas. */
export const enrollFlag: Flag = {
  usage: '--enroll <name=file>',
  description: 'a voice to know, from one recording or several separated by commas; repeat for more',
  repeatable: true,
  parse: (text) => {
    const [, name = '', files = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const list = files.split(',').filter((file) => file !== '');
    if (name.trim() === '' || list.length === 0) throw new ValueError(`needs NAME=FILE, got '${text}'`);
    return { name: name.trim(), files: list };
  },
};
