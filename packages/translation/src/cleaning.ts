import { formatNumber } from '@unroll/core';
import type { DataConfig } from './config.js';
import type { TextPair } from './types.js';

/** Why a pair is left out, in the order in which it is looked for. */
export const dropReasons = ['empty', 'equal-sides', 'too-long', 'ratio', 'duplicate'] as const;
export type DropReason = (typeof dropReasons)[number];

export interface CleanedPairs {
  readonly pairs: readonly TextPair[];
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** numbers of the first lines that were left out for a reason, three at most */
  readonly examples: Readonly<Record<DropReason, readonly number[]>>;
}

/** Pairs to learn from: without those that `data.cleaning` leaves out, each counted once, by the first reason. */
export function cleanPairs(pairs: readonly TextPair[], data: Pick<DataConfig, 'cleaning'>): CleanedPairs {
  const isRepeated = data.cleaning.dropDuplicates ? repetitions() : () => false;
  return sortOut(pairs, (pair) => reasonToDrop(pair, data.cleaning) ?? (isRepeated(pair) ? 'duplicate' : undefined));
}

/** Pairs to be tried on: all but those with an empty side, of which there is nothing to score. */
export function dropEmptyPairs(pairs: readonly TextPair[]): CleanedPairs {
  return sortOut(pairs, (pair) => (isEmpty(pair) ? 'empty' : undefined));
}

function sortOut(pairs: readonly TextPair[], reasonOf: (pair: TextPair) => DropReason | undefined): CleanedPairs {
  const kept: TextPair[] = [];
  const lines: Record<DropReason, number[]> = {
    empty: [],
    'equal-sides': [],
    'too-long': [],
    ratio: [],
    duplicate: [],
  };
  for (const pair of pairs) {
    const reason = reasonOf(pair);
    if (reason === undefined) kept.push(pair);
    else lines[reason].push(pair.line);
  }
  const byReason = <Value>(of: (dropped: readonly number[]) => Value) =>
    Object.fromEntries(dropReasons.map((reason) => [reason, of(lines[reason])])) as Record<DropReason, Value>;
  return {
    pairs: kept,
    dropped: byReason((dropped) => dropped.length),
    examples: byReason((dropped) => dropped.slice(0, 3)),
  };
}

function reasonToDrop(pair: TextPair, cleaning: DataConfig['cleaning']): DropReason | undefined {
  const { maximumWords, maximumRatio, dropEqualSides } = cleaning;
  if (isEmpty(pair)) return 'empty';
  if (dropEqualSides && pair.source.trim() === pair.target.trim()) return 'equal-sides';
  if (maximumWords === 0 && maximumRatio === 0) return undefined;
  const source = countWords(pair.source);
  const target = countWords(pair.target);
  const longer = Math.max(source, target);
  if (maximumWords > 0 && longer > maximumWords) return 'too-long';
  if (maximumRatio > 0 && longer > maximumRatio * Math.min(source, target)) return 'ratio';
  return undefined;
}

function isEmpty({ source, target }: TextPair): boolean {
  return source.trim() === '' || target.trim() === '';
}

/** Whether a pair was there before. Sources are kept as they are, so that no text is stored twice. */
function repetitions(): (pair: TextPair) => boolean {
  const seen = new Map<string, string | Set<string>>();
  return ({ source, target }) => {
    const targets = seen.get(source);
    if (targets === undefined) seen.set(source, target);
    else if (typeof targets === 'string' && targets !== target) seen.set(source, new Set([targets, target]));
    else if (typeof targets === 'string' || targets.has(target)) return true;
    else targets.add(target);
    return false;
  };
}

const firstWithoutSpaces = 0x0e00;
const writtenWithoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** Words apart by white space; in scripts that put none between words, each character counts as one. */
export function countWords(text: string): number {
  let words = 0;
  let isInside = false;
  let highest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isSpace = code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code > 0x7f && isWideSpace(code));
    if (!isSpace && !isInside) words += 1;
    isInside = !isSpace;
    if (code > highest) highest = code;
  }
  if (highest < firstWithoutSpaces) return words;
  return Math.max(words, text.match(writtenWithoutSpaces)?.length ?? 0);
}

function isWideSpace(code: number): boolean {
  return code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code)));
}

const wordsOfReasons: Readonly<Record<DropReason, string>> = {
  empty: 'with an empty side',
  'equal-sides': 'with equal sides',
  'too-long': 'too long (data.cleaning.maximumWords)',
  ratio: 'of too different lengths (data.cleaning.maximumRatio)',
  duplicate: 'repeated',
};

/**
 * What was left out, for a person: `train.tsv: 3 of 100 pairs left out: 2 with an empty side (lines 4, 9); 1 repeated (line 7)`.
 *
 * @returns nothing where nothing was left out
 */
export function describeDropped(name: string, { pairs, dropped, examples }: CleanedPairs): string | undefined {
  const reasons = dropReasons.filter((reason) => dropped[reason] > 0);
  if (reasons.length === 0) return undefined;
  const count = reasons.reduce((sum, reason) => sum + dropped[reason], 0);
  const parts = reasons.map((reason) => {
    const lines = `line${dropped[reason] === 1 ? '' : 's'} ${examples[reason].join(', ')}`;
    const more = dropped[reason] > examples[reason].length ? ', …' : '';
    return `${formatNumber(dropped[reason])} ${wordsOfReasons[reason]} (${lines}${more})`;
  });
  return `${name}: ${formatNumber(count)} of ${formatNumber(count + pairs.length)} pairs left out: ${parts.join('; ')}`;
}
