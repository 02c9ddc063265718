import { columns as alignedColumns, type VerbContext } from '@unroll/cli';
import { formatNumber } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { createSegmenters, normalizeText, type SideFacts } from '@unroll/translation';
import { readFacts, sidesOf } from '../describe-model.js';

interface VocabularyFlags {
  readonly model?: string;
  readonly side?: 'source' | 'target';
  readonly export?: string;
}

/** Tokens that are listed from each end. */
const listed = 20;

/** A text as the model reads it. */
interface CutText {
  readonly text: string;
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
  /** of the tokens: those that the vocabulary lacks */
  readonly unknown: readonly string[];
}

/** Shows what tokens a model knows, or how it cuts texts; from the files of the run alone. */
export async function vocabulary(context: VerbContext): Promise<void> {
  const { output } = context;
  const { model: folder, side = 'source', export: path }: VocabularyFlags = context.flags;
  if (folder === undefined) throw new UsageError('usage/model', 'name the folder of a trained run with --model DIR');
  const { config, facts } = await readFacts(folder);
  const segmenter = (await createSegmenters(facts, config.tokenization))[side];
  if (path !== undefined) {
    await context.writeResult({ path }, (write) => write(exported(segmenter.vocabulary.tokens)));
  }
  const texts = context.arguments.map((argument): CutText => {
    const text = normalizeText(argument, config.data);
    const tokens = segmenter.tokens(text);
    const ids = Array.from(segmenter.encode(text));
    return { text, tokens, ids, unknown: tokens.filter((_, i) => ids[i] === segmenter.vocabulary.unknownId) };
  });
  const sides = sidesOf(facts, config.tokenization);
  if (output.json) {
    await output.object({
      model: folder,
      unit: config.tokenization.unit,
      sides: Object.fromEntries(sides.map((each) => [each.name, sideJson(each)])),
      ...(texts.length > 0 && { texts }),
    });
  } else if (texts.length > 0) await output.write(texts.map(cutText).join(''));
  else if (path === undefined) await output.write(sides.map(sideText).join('\n'));
}

/** A line a token, with its number; what is no letter is written as in JSON. */
function exported(tokens: readonly string[]): string {
  return tokens.map((token, id) => `${id}\t${JSON.stringify(token).slice(1, -1)}\n`).join('');
}

function sideJson({ vocabulary: { size, specials, tokens }, merges }: SideFacts): object {
  const own = ends(tokens, Object.values(specials).length);
  return { size, specials, merges: merges.length, mostFrequent: own.first, leastFrequent: own.last };
}

interface Ends {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/** Tokens stand in the order of their counts, behind the special ones. */
function ends(tokens: readonly string[], specials: number): Ends {
  const own = tokens.slice(specials);
  return { first: own.slice(0, listed), last: own.slice(Math.max(listed, own.length - listed)) };
}

function sideText({ name, vocabulary: { size, specials, tokens }, merges }: SideFacts & { name: string }): string {
  const { first, last } = ends(tokens, Object.values(specials).length);
  const rows = [
    ['tokens', formatNumber(size)],
    ['special', Object.values(specials).join(' ')],
    ['merges', formatNumber(merges.length)],
    ['most frequent', first.join(' ')],
    ['least frequent', last.join(' ')],
  ];
  return `${name === 'both' ? 'both sides' : name}\n${alignedColumns(rows, 2)}`;
}

function cutText({ tokens, ids, unknown }: CutText): string {
  const told = unknown.length === 0 ? '' : `  unknown: ${[...new Set(unknown)].join(' ')}\n`;
  return `${tokens.join(' ')}\n  ${ids.join(' ')}\n${told}`;
}
