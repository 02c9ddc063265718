import { decimalNumber, modelFlag, oneOf, wholeNumber, type Flag } from '@unroll/cli';

/** How a file is read, as shorthands of `data.…`. A column is a number from 1, or a name. */
export const fileFlags: readonly Flag[] = [
  {
    usage: '--format <name>',
    description: 'of --data: tsv or jsonl (default: found)',
    setting: 'data.format',
    parse: oneOf('auto', 'tsv', 'jsonl'),
  },
  {
    usage: '--source-column <column>',
    description: 'of --data: a number from 1, a name of the header, or a key (default: the first, source)',
    setting: 'data.source',
  },
  {
    usage: '--target-column <column>',
    description: 'of --data (default: the second, target)',
    setting: 'data.target',
  },
  {
    usage: '--reverse',
    description: 'the sides of --data change places: from the second to the first',
    setting: 'data.reverse',
  },
];

export const trainFlags: readonly Flag[] = [
  ...fileFlags,
  {
    usage: '--lowercase',
    description: 'both sides in lower case; the model writes lower case then',
    setting: 'data.lowercase',
  },
  {
    usage: '--unit <name>',
    description: 'what a token is: word, character or byte-pair (default: byte-pair)',
    setting: 'tokenization.unit',
    parse: oneOf('word', 'character', 'byte-pair'),
  },
  {
    usage: '--merges <n>',
    description: 'byte-pair merges to learn (default: 8000)',
    setting: 'tokenization.merges',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--embedding-size <n>',
    description: 'of both sides (default: 256)',
    setting: 'model.embeddingSize',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--attention <kind>',
    description: 'additive, dot, general, concat, scaled or none (default: additive)',
    setting: 'model.attention.kind',
    parse: oneOf('additive', 'dot', 'general', 'concat', 'scaled', 'none'),
  },
  {
    usage: '--attends <place>',
    description: 'of the attention in a step of the decoder: before, between or after (default: between)',
    setting: 'model.decoder.attends',
    parse: oneOf('before', 'between', 'after'),
  },
  { usage: '--copy', description: 'words of the source can be copied', setting: 'model.copy' },
];

/** Several make one translator that agrees on every token. */
export const modelsFlag: Flag = {
  ...modelFlag,
  description: 'folder of a trained run; several times for an ensemble',
  repeatable: true,
};

export const averageFlag: Flag = {
  usage: '--average <n>',
  description: 'mean weights of the last n checkpoints of the run, in the place of its best ones',
  parse: wholeNumber({ min: 1 }),
};

/** How a model writes, as shorthands of `decoding.…`. */
export const decodingFlags: readonly Flag[] = [
  {
    usage: '--beam <n>',
    description: 'hypotheses that are followed at once (default: as trained, 5)',
    setting: 'decoding.beam',
    parse: wholeNumber({ min: 1, max: 1000 }),
  },
  { usage: '--greedy', description: 'the most probable token at every step: --beam 1' },
  {
    usage: '--normalize <way>',
    description: 'of scores by length: none, average or wu (default: average)',
    setting: 'decoding.lengthNormalization',
    parse: oneOf('none', 'average', 'wu'),
  },
  {
    usage: '--alpha <x>',
    description: 'strength of --normalize (default: 1)',
    setting: 'decoding.lengthAlpha',
    parse: decimalNumber({ min: 0 }),
  },
  {
    usage: '--coverage-penalty <x>',
    description: 'for source tokens that were not attended; 0.2 is a beginning (default: 0)',
    setting: 'decoding.coveragePenalty',
    parse: decimalNumber({ min: 0 }),
  },
  {
    usage: '--block-repeats <n>',
    description: 'no n tokens in a row are written twice (default: 0, allowed)',
    setting: 'decoding.blockRepeats',
    parse: wholeNumber({ min: 0 }),
  },
  {
    usage: '--length-factor <x>',
    description: 'a translation has x · source tokens + --length-extra tokens at most (default: 2)',
    setting: 'decoding.lengthFactor',
    parse: decimalNumber({ above: 0 }),
  },
  {
    usage: '--length-extra <n>',
    description: 'see --length-factor (default: 10)',
    setting: 'decoding.lengthExtra',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--replace-unknown',
    description: 'an unknown word becomes the source word that was attended most',
    setting: 'decoding.replaceUnknown',
  },
];

export const samplingFlags: readonly Flag[] = [
  { usage: '--sample', description: 'draw tokens by their probabilities; --seed says which draw' },
  {
    usage: '--temperature <x>',
    description: 'of --sample: below 1 more careful, above more daring (default: 1)',
    parse: decimalNumber({ above: 0 }),
  },
  { usage: '--top-k <n>', description: 'of --sample: from the n most probable alone', parse: wholeNumber({ min: 1 }) },
  {
    usage: '--top-p <x>',
    description: 'of --sample: from the most probable that have this share together',
    parse: decimalNumber({ above: 0, max: 1 }),
  },
];

/** How BLEU counts. */
export const bleuFlags: readonly Flag[] = [
  {
    usage: '--tokenize <name>',
    description: '13a, intl, char or none, as sacreBLEU calls them (default: 13a)',
    parse: oneOf('13a', 'intl', 'char', 'none'),
  },
  { usage: '--lowercase', description: 'case does not count' },
  {
    usage: '--smooth <name>',
    description: 'of n-grams that never match: exp, floor, add-k or none (default: exp)',
    parse: oneOf('exp', 'floor', 'add-k', 'none'),
  },
  {
    usage: '--smooth-value <x>',
    description: 'of --smooth floor (default: 0.1) and add-k (default: 1)',
    parse: decimalNumber({ min: 0 }),
  },
];

export const compareFlag: Flag = {
  usage: '--compare <file>',
  description: 'translations of the same lines by another system, for a paired bootstrap test',
};
