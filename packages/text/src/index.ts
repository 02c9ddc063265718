export { loadTokenizer, type Tokenizer } from './natural-tokenizers.js';
export { tokenizerNames, type TokenizerName } from './tokenizer-names.js';
