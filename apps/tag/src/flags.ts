import { oneOf, recurrentFlags, ValueError, type Flag } from '@unroll/cli';

/** How a file is read, as shorthands of `data.…`. A column is a number from 1 (from the end: -1) or a name. */
export const dataFlags: readonly Flag[] = [
  {
    usage: '--format <name>',
    description: 'conll, conllu, tsv, jsonl or text (default: found)',
    setting: 'data.format',
    parse: oneOf('auto', 'conll', 'conllu', 'tsv', 'jsonl', 'text'),
  },
  {
    usage: '--token <column>',
    description: 'of the words: a number from 1, or a name (default: the first, FORM of CoNLL-U)',
    setting: 'data.token',
  },
  {
    usage: '--feature <columns>',
    description: 'further facts about a word, which the model reads, separated by commas',
    setting: 'data.features',
    parse: list,
  },
];

/** What is learnt, as shorthands of `data.…`. */
export const tagFlags: readonly Flag[] = [
  {
    usage: '--tag <columns>',
    description: 'what to learn, separated by commas (default: the last, UPOS of CoNLL-U)',
    setting: 'data.tags',
    parse: list,
  },
  {
    usage: '--scheme <name>',
    description: 'how the file marks spans: iob1, iob2, ioe1, ioe2, iobes, bilou or none (default: found)',
    setting: 'data.scheme',
    parse: oneOf('auto', 'iob1', 'iob2', 'ioe1', 'ioe2', 'iobes', 'bilou', 'none'),
  },
  {
    usage: '--label-separator <text>',
    description: 'parts the labels of a token that may have several: "|"',
    setting: 'data.labelSeparator',
  },
];

/** All that say how a file is read. */
export const fileFlags: readonly Flag[] = [...dataFlags, ...tagFlags];

export const trainFlags: readonly Flag[] = [
  ...fileFlags,
  {
    usage: '--trained-scheme <name>',
    description: 'what the model learns; results are written in the scheme of the file (default: iobes)',
    setting: 'data.trainedScheme',
    parse: oneOf('file', 'iob1', 'iob2', 'ioe1', 'ioe2', 'iobes', 'bilou', 'none'),
  },
  {
    usage: '--embeddings <file>',
    description: 'pretrained word vectors: GloVe or word2vec text, fastText .vec (default: random)',
    setting: 'model.words.vectors',
  },
  { usage: '--frozen', description: 'pretrained vectors stay as they are', setting: 'model.words.frozen' },
  {
    usage: '--head <name>',
    description: 'crf finds the best row of tags, softmax each tag by itself (default: crf)',
    setting: 'model.head',
    parse: oneOf('crf', 'softmax'),
  },
  {
    usage: '--characters <kind>',
    description: 'how letters are read: lstm, cnn or none (default: lstm)',
    setting: 'model.characters.kind',
    parse: oneOf('none', 'cnn', 'lstm'),
  },
  ...recurrentFlags({ cell: 'lstm', layers: 2, hiddenSize: 200 }),
];

export const baselinesFlag: Flag = {
  usage: '--baselines <names>',
  description: 'to compare with, separated by commas, or none',
  parse: list,
};

export const htmlFlag: Flag = {
  usage: '--html <file>',
  description: 'write a page with the tags in colour, their confidence, and what each rests on',
};

function list(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new ValueError(`needs names separated by commas, got '${text}'`);
  return names;
}
