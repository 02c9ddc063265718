export { learnBytePairs, type LearnOptions } from './byte-pair/learn.js';
export {
  createBytePairEncoder,
  type BytePairEncoder,
  type BytePairEncoderOptions,
  type MergeDropout,
} from './byte-pair/encode.js';
export { charactersOf, wordEnd, type Merge } from './byte-pair/pieces.js';
export { cutWords, joinerMark, joinWords } from './joiner-words.js';
export { loadTokenizer, type Tokenizer } from './natural-tokenizers.js';
export { tokenizerNames, type TokenizerName } from './tokenizer-names.js';
