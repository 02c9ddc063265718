/**
 * Ways to cut a line into words. `whitespace` is ours; the others are `natural`'s: `word` keeps letters, digits and
 * underscores, `word-punctuation` keeps punctuation as tokens too, `treebank` is the Penn Treebank's convention,
 * `aggressive` drops everything but letters, digits and hyphens, and `aggressive-xx` is the same for a language.
 */
export const tokenizerNames = [
  'whitespace',
  'word',
  'word-punctuation',
  'treebank',
  'aggressive',
  'aggressive-de',
  'aggressive-es',
  'aggressive-fa',
  'aggressive-fr',
  'aggressive-hi',
  'aggressive-id',
  'aggressive-it',
  'aggressive-nl',
  'aggressive-no',
  'aggressive-pl',
  'aggressive-pt',
  'aggressive-ru',
  'aggressive-sv',
  'aggressive-uk',
  'aggressive-vi',
  'japanese',
] as const;

export type TokenizerName = (typeof tokenizerNames)[number];
