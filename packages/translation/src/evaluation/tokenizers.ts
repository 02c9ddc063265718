import { splitWords, trim } from './text.js';

export const metricTokenizerNames = ['13a', 'intl', 'char', 'zh', 'none'] as const;

/**
 * How BLEU cuts a text into tokens. 13a: as mteval-v13a, for languages in Latin letters; intl: as mteval-v14, every
 * punctuation mark and symbol of Unicode; char: every character; zh: every Chinese character, the rest by 13a; none: at
 * white space, for text that is tokenised already.
 */
export type MetricTokenizerName = (typeof metricTokenizerNames)[number];

/** The tokens of a text, exactly those of sacreBLEU; intl, as far as Node and Python's `regex` have the same version of Unicode. */
export function metricTokens(text: string, name: MetricTokenizerName): string[] {
  return splitWords(spacers[name](text));
}

/** Each puts white space where a token ends. */
const spacers: Readonly<Record<MetricTokenizerName, (text: string) => string>> = {
  '13a': (text) => spaceWestern(` ${unescapeMarkup(text)} `),
  intl: spaceInternational,
  char: (text) => Array.from(text).join(' '),
  zh: (text) => spaceWestern(trim(text).replace(chinese, ' $& ')),
  none: (text) => text,
};

function unescapeMarkup(text: string): string {
  const joined = text.includes('<skipped>') ? text.replaceAll('<skipped>', '') : text;
  const line = joined.includes('\n') ? joined.replaceAll('-\n', '').replaceAll('\n', ' ') : joined;
  if (!line.includes('&')) return line;
  return line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
}

/**
 * ASCII marks but ' , - and . stand alone; , and . unless between digits; - behind a digit.
 *
 * @param between - what else is done after the first of these
 */
export function spaceWestern(text: string, between = (spaced: string) => spaced): string {
  return between(text.replace(/[{-~[-` -&(-+:-@/]/g, ' $& '))
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])-/g, '$1 - ');
}

function spaceInternational(text: string): string {
  return text
    .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
    .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
    .replace(/\p{S}/gu, ' $& ');
}

/**
 * What sacreBLEU takes for a Chinese character: Han blocks, punctuation, full width forms. Two of its ranges beyond
 * U+FFFF are written with four digits and a fifth character, so they mean U+2001–2A6D and U+2F81–2FA1; equal scores need the same.
 */
const chinese = new RegExp(
  '[\\u3400-\\u4db5\\u4e00-\\u9fbb\\uf900-\\ufa2d\\ufa30-\\ufa6a\\ufa70-\\ufad9\\u2001-\\u2a6d\\u2f81-\\u2fa1\\uff00-\\uffef' +
    '\\u2e80-\\u2eff\\u3000-\\u303f\\u31c0-\\u31ef\\u2f00-\\u2fdf\\u2ff0-\\u2fff\\u3100-\\u312f\\u31a0-\\u31bf\\ufe10-\\ufe1f' +
    '\\ufe30-\\ufe4f\\u2600-\\u26ff\\u2700-\\u27bf\\u3200-\\u32ff\\u3300-\\u33ff]',
  'g',
);
