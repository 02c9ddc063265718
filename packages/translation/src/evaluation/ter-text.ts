import { splitWords, trimEnd } from './text.js';
import { spaceWestern } from './tokenizers.js';

export interface TerTextOptions {
  /** false unless set: everything is in lower case */
  readonly caseSensitive?: boolean | undefined;
  /** marks stand alone, and escaped characters are read; false unless set */
  readonly normalized?: boolean | undefined;
  /** marks are left out; false unless set */
  readonly removePunctuation?: boolean | undefined;
  /** the two above treat Chinese and Japanese characters, too; false unless set */
  readonly asianSupport?: boolean | undefined;
}

/** The words that translation edit rate compares, as the tokenizer of tercom makes them. */
export function terWords(text: string, options: TerTextOptions): string[] {
  const { caseSensitive = false, normalized = false, removePunctuation = false, asianSupport = false } = options;
  let line = trimEnd(text);
  if (line === '') return [];
  if (!caseSensitive) line = line.toLowerCase();
  if (normalized) {
    line = normalize(line);
    if (asianSupport) line = spaceAsian(line);
  }
  if (removePunctuation) {
    line = line.replace(/[.,?:;!"()]/g, '');
    if (asianSupport) line = line.replace(asianMarks, '').replace(fullWidthMarks, '');
  }
  return splitWords(line);
}

function normalize(text: string): string {
  const line = text.replaceAll('\n-', '').replaceAll('\n', ' ');
  const plain = line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  return spaceWestern(` ${plain} `, (spaced) => spaced.replaceAll("'s ", " 's "));
}

const asianMarks = /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb]/g;
const fullWidthMarks = /[\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g;

/**
 * Ideographs, strokes, radicals, compatibility forms and enclosed letters stand alone; the last of these ranges goes up to U+3F22, as
 * in sacreBLEU. Its rules for kana want them at the very beginning of the line, where this tokenizer has put a space, so there is nothing to do.
 */
const ideographs =
  /[\u4e00-\u9fff\u3400-\u4dbf]|[\u31c0-\u31ef\u2e80-\u2eff]|[\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f]|[\u3200-\u3f22]/g;

function spaceAsian(text: string): string {
  return text.replace(ideographs, ' $& ').replace(asianMarks, ' $& ').replace(fullWidthMarks, ' $& ');
}
