import { DataError, deriveKey, formatNumber, permutation, randomKey } from '@unroll/core';
import { cleanPairs, describeDropped, dropEmptyPairs, type CleanedPairs } from './cleaning.js';
import type { TranslationConfig } from './config.js';
import { collectFacts, encodeExample } from './examples.js';
import { createSegmenters, type Segmenters } from './tokenization/create-segmenter.js';
import type { Example, TextPair, TranslationFacts } from './types.js';

/** Pairs with the name of where they are from, for messages. */
export interface NamedPairs {
  readonly name: string;
  readonly pairs: readonly TextPair[];
}

export interface PairSets {
  readonly train: NamedPairs;
  /** pairs of `train` are held out when absent */
  readonly valid?: NamedPairs | undefined;
  readonly test?: NamedPairs | undefined;
}

export interface PreparedSplit extends NamedPairs {
  /** of each pair, without byte-pair dropout */
  readonly examples: readonly Example[];
}

/** All that training needs of its files. */
export interface PreparedPairs {
  readonly facts: TranslationFacts;
  readonly segmenters: Segmenters;
  readonly splits: { readonly train: PreparedSplit; readonly valid: PreparedSplit; readonly test?: PreparedSplit };
  /** pairs that were left out, by split and reason */
  readonly dropped: Readonly<Record<string, CleanedPairs['dropped']>>;
  /** what people should know of the data, a line each */
  readonly notes: readonly string[];
}

/**
 * Pairs to facts and ids. The training split is cleaned, of the others only pairs with an empty side are left out; everything is
 * learnt from what remains of the training split alone.
 *
 * @param sets - normalised, as `readPairs` gives them
 * @throws {DataError} `data/empty`, `data/too-few`
 */
export async function preparePairs(sets: PairSets, config: TranslationConfig): Promise<PreparedPairs> {
  const cleaned = {
    train: clean(sets.train, (pairs) => cleanPairs(pairs, config.data)),
    ...(sets.valid && { valid: clean(sets.valid, dropEmptyPairs) }),
    ...(sets.test && { test: clean(sets.test, dropEmptyPairs) }),
  };
  const { train, valid, test } = holdOut(cleaned, config);
  const facts = await collectFacts(train.pairs, config);
  const segmenters = await createSegmenters(facts, config.tokenization);
  const encode = ({ name, pairs }: NamedPairs): PreparedSplit => ({
    name,
    pairs,
    examples: pairs.map((pair) => encodeExample(pair, { segmenters, copy: config.model.copy })),
  });
  const splits = { train: encode(train), valid: encode(valid), ...(test && { test: encode(test) }) };
  const all = Object.entries(cleaned);
  return {
    facts,
    segmenters,
    splits,
    dropped: Object.fromEntries(all.map(([split, { dropped }]) => [split, dropped])),
    notes: [
      ...all.flatMap(([, each]) => describeDropped(each.name, each) ?? []),
      ...Object.values(splits).flatMap((split) => [...describeLong(split), ...describeUnknown(split, segmenters)]),
    ],
  };
}

/** Tokens of a side beyond which a pair is named: time grows with the product of both sides. */
const manyTokens = 1000;

function describeLong({ name, pairs, examples }: PreparedSplit): readonly string[] {
  const lines = pairs.flatMap(({ line }, index) => {
    const { source, target } = examples[index]!;
    return Math.max(source.length, target!.length) > manyTokens ? [line] : [];
  });
  if (lines.length === 0) return [];
  const named = lines.slice(0, 3).join(', ') + (lines.length > 3 ? ', …' : '');
  const what = lines.length === 1 ? `the pair of line ${named} has` : `${lines.length} pairs (lines ${named}) have`;
  return [`${name}: ${what} more than ${formatNumber(manyTokens)} tokens; computing with it takes long`];
}

function describeUnknown({ name, examples }: PreparedSplit, { source, target }: Segmenters): readonly string[] {
  const shares = [
    {
      side: 'source',
      share: shareOf(
        examples.map((each) => each.source),
        source.vocabulary.unknownId!,
      ),
    },
    {
      side: 'target',
      share: shareOf(
        examples.map((each) => each.target!),
        target.vocabulary.unknownId!,
      ),
    },
  ].filter(({ share }) => share >= 0.0005);
  if (shares.length === 0) return [];
  const parts = shares.map(({ side, share }) => `${(100 * share).toFixed(1)} % of the ${side} tokens`);
  return [`${name}: ${parts.join(' and ')} are not in the vocabulary`];
}

function shareOf(sequences: readonly Int32Array[], id: number): number {
  let found = 0;
  let tokens = 0;
  for (const sequence of sequences) {
    tokens += sequence.length;
    for (const each of sequence) found += each === id ? 1 : 0;
  }
  return found / tokens;
}

type CleanedSet = NamedPairs & CleanedPairs;

/** @throws {DataError} `data/empty` if nothing is left */
function clean({ name, pairs }: NamedPairs, leaveOut: (pairs: readonly TextPair[]) => CleanedPairs): CleanedSet {
  const cleaned = { name, ...leaveOut(pairs) };
  if (cleaned.pairs.length > 0) return cleaned;
  const what = describeDropped(name, cleaned) ?? `${name} has no pair of texts`;
  throw new DataError('data/empty', `${what}; give pairs to learn from`);
}

/**
 * Held-out pairs are drawn, for files are often ordered by subject or length; all translations of a text go together, so that none
 * of what is held out has been learnt.
 */
function holdOut(
  { train, valid, test }: PairSets,
  { data, seed }: TranslationConfig,
): PairSets & { readonly valid: NamedPairs } {
  if (valid) return { train, valid, test };
  const sources = [...new Set(train.pairs.map(({ source }) => source))];
  const count = sources.length;
  const held = Math.max(1, Math.round(count * data.validationFraction));
  if (held >= count) {
    const texts = `${count} different source text${count === 1 ? '' : 's'}`;
    const message = `${train.name} has ${texts}, too few to hold some out; give more, or a validation file`;
    throw new DataError('data/too-few', message);
  }
  const order = permutation(deriveKey(randomKey(seed), 'held-out'), count);
  const heldOut = new Set(Array.from(order.subarray(0, held), (index) => sources[index]!));
  return {
    train: { ...train, pairs: train.pairs.filter(({ source }) => !heldOut.has(source)) },
    valid: { name: `${train.name} (held out)`, pairs: train.pairs.filter(({ source }) => heldOut.has(source)) },
    test,
  };
}
