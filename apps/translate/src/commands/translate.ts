import { arrivals, type VerbContext } from '@unroll/cli';
import { deriveKey, formatNumber, linesOf } from '@unroll/core';
import { DataError, UsageError } from '@unroll/core/errors';
import { fileSource, passingStdin } from '@unroll/core/node';
import { openSources, traceBeam, type TranslateOptions, type Translation } from '@unroll/translation';
import { requirePicture, writeAttention } from '../attention-files.js';
import { converse } from '../conversation.js';
import { decodingOptions } from '../decoding.js';
import { openModels, type OpenModels } from '../models.js';
import { oddSource } from '../odd-sources.js';
import { translationJson, translationLines } from '../translation-lines.js';

interface TranslateFlags {
  readonly nBest?: number;
  readonly scores?: boolean;
  readonly sample?: boolean;
  readonly prefix?: string;
  readonly prefixes?: string;
  readonly attention?: string;
  readonly tree?: string;
  readonly out?: string;
}

/** Lines of standard input that may wait to be translated together, and lines of a file that are. */
const most = { waiting: 64, lines: 1024 };
/** Translations whose attention is drawn or written. */
const shownAttention = 50;

/** Writes a translation of each line, or with `--json` one object; asks for lines where standard input is a terminal. */
export async function translate(context: VerbContext): Promise<void> {
  const { output, argument = '-' } = context;
  const flags: TranslateFlags = context.flags;
  requireOneResult(context);
  const opened = await openModels(context);
  const { config } = opened.models[0]!;
  const options = { ...decodingOptions(context, config), attention: flags.attention !== undefined };
  const isStream = argument === '-';
  if (isStream && process.stdin.isTTY) {
    await converse(context, opened, options);
    return;
  }
  const source = isStream ? passingStdin() : fileSource(argument);
  const lines = openSources(source, config.data).lines();
  const groups = isStream ? arrivals(lines, options.sampling ? 1 : most.waiting) : groupsOf(lines);
  const prefixes = await prefixesOf(context);
  const translated = translateGroups(opened, groups, {
    options,
    prefixes,
    tell: (text) => output.log(`${source.name}: ${text}`),
  });
  const objects: object[] = [];
  const kept: Translation[] = [];
  const first: string[] = [];
  let count = 0;
  await context.writeResult({ path: flags.out, immediately: isStream }, async (write) => {
    for await (const translation of translated) {
      count += 1;
      if (count === 1) first.push(translation.source);
      if (options.attention && kept.length < shownAttention) kept.push(translation);
      if (output.json) objects.push(translationJson(translation, count));
      else await write(translationLines(translation, count, flags));
    }
  });
  prefixes.requireAllUsed(count, source.name);
  if (output.json) {
    await output.object({ model: opened.names, data: source.name, sentences: count, results: objects });
  }
  if (flags.attention !== undefined) {
    await writeAttention(flags.attention, kept);
    const some = count > kept.length ? ` (the first ${kept.length} of ${formatNumber(count)} lines)` : '';
    output.log(`written: ${flags.attention}${some}`);
  }
  if (flags.tree !== undefined && first[0] !== undefined) {
    await writeTree(flags.tree, opened, { text: first[0], options: { ...options, prefixes: prefixes.of(0, 1) } });
    output.log(`written: ${flags.tree}`);
  }
}

interface TreeOptions {
  readonly text: string;
  readonly options: TranslateOptions;
}

async function writeTree(path: string, opened: OpenModels, { text, options }: TreeOptions): Promise<void> {
  const { writePage } = await import('@unroll/cli/charts');
  const { beamTreeSections } = await import('../page/index.js');
  const { beam } = { ...opened.models[0]!.config.decoding, ...options.decoding };
  // what the beam held in the end is what people want to see beside the tree
  const trace = await traceBeam(opened, text, { ...options, nBest: beam });
  await writePage(path, `Beam search of “${text}”`, beamTreeSections(trace));
}

function requireOneResult({ output, flags }: VerbContext): void {
  const { out, attention, tree, scores, prefix, prefixes, sample }: TranslateFlags = flags;
  if (output.json && out !== undefined) {
    throw new UsageError('usage/out', 'with --json the result is one object on standard output; leave --out out');
  }
  if (output.json && scores) throw new UsageError('usage/out', '--json has the scores already; leave --scores out');
  if (prefix !== undefined && prefixes !== undefined) {
    throw new UsageError('usage/prefix', 'name beginnings with --prefix or with --prefixes, not both');
  }
  if (attention !== undefined) requirePicture('--attention', attention, ['.json', '.svg', '.png', '.html']);
  if (tree !== undefined) requirePicture('--tree', tree, ['.html']);
  if (tree !== undefined && sample)
    throw new UsageError('usage/tree', '--tree shows a beam search; leave --sample out');
}

/** What translations have to begin with, by line. */
interface Prefixes {
  /** @param first - number of the first line from 0 */
  of(first: number, count: number): readonly string[] | undefined;
  /** @throws {DataError} `data/line-count` if there are more beginnings than lines */
  requireAllUsed(count: number, name: string): void;
}

async function prefixesOf(context: VerbContext): Promise<Prefixes> {
  const { prefix, prefixes: path }: TranslateFlags = context.flags;
  if (path === undefined) {
    const of = (_first: number, count: number) =>
      prefix === undefined ? undefined : Array.from({ length: count }, () => prefix);
    return { of, requireAllUsed: () => {} };
  }
  const lines: string[] = [];
  for await (const line of linesOf(await context.openFile(path))) lines.push(line);
  return {
    of(first, count) {
      const slice = lines.slice(first, first + count);
      if (slice.length === count) return slice;
      const message = `${path} has ${lines.length} beginnings, and there are more lines to translate; one a line is needed`;
      throw new DataError('data/line-count', message);
    },
    requireAllUsed(count, name) {
      if (lines.length === count) return;
      const message = `${path} has ${lines.length} beginnings, ${name} ${count} lines; one a line is needed`;
      throw new DataError('data/line-count', message);
    },
  };
}

async function* groupsOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[], void> {
  let waiting: Item[] = [];
  for await (const item of items) {
    waiting.push(item);
    if (waiting.length < most.lines) continue;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
}

interface GroupOptions {
  readonly options: TranslateOptions;
  readonly prefixes: Prefixes;
  readonly tell: (text: string) => void;
}

async function* translateGroups(
  opened: OpenModels,
  groups: AsyncIterable<readonly string[]>,
  { options, prefixes, tell }: GroupOptions,
): AsyncGenerator<Translation, void> {
  let first = 0;
  for await (const texts of groups) {
    for (const [i, text] of texts.entries()) {
      const odd = oddSource(text, first + i + 1, opened);
      if (odd !== undefined) tell(odd);
    }
    const { sampling } = options;
    yield* opened.translator.translate(texts, {
      ...options,
      prefixes: prefixes.of(first, texts.length),
      ...(sampling && { sampling: { ...sampling, key: deriveKey(sampling.key, 'from', first) } }),
    });
    first += texts.length;
  }
}
