/** Columns of tags that running text brings with it. */
export const restorationColumns = ['casing', 'punctuation'] as const;

/** How a word is written: all in lower case, its first letter in upper case, all of its (two or more) letters, or otherwise. */
export const casingTags = ['O', 'TITLE', 'UPPER', 'MIXED'] as const;

export type CasingTag = (typeof casingTags)[number];

/** The mark behind a word, and how it is written. */
export const punctuationMarks = {
  O: '',
  COMMA: ',',
  PERIOD: '.',
  QUESTION: '?',
  EXCLAMATION: '!',
  SEMICOLON: ';',
  COLON: ':',
  DASH: ' —',
} as const;

export type PunctuationTag = keyof typeof punctuationMarks;
