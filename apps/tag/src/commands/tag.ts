import { arrivals, type VerbContext } from '@unroll/cli';
import { UsageError } from '@unroll/core/errors';
import { fileSource, passingStdin } from '@unroll/core/node';
import {
  networkTagger,
  type Prediction,
  type RawSentence,
  type SentenceFile,
  type Tagger,
  type TagOptions,
} from '@unroll/sequence-tagging';
import { openForModel } from '../model-files.js';
import type { OpenTagger } from '../task.js';
import { predictionJson, writtenColumns, writtenNames } from '../tagged-columns.js';

interface TagFlags {
  readonly out?: string;
  readonly probabilities?: boolean;
  readonly nBest?: number;
  readonly html?: string;
}

/** A prediction with the sentence that it is of, as its file has it. */
interface TaggedSentence {
  readonly raw: RawSentence;
  readonly prediction: Prediction;
}

/** Sentences of standard input that may wait to be tagged together. */
const mostWaiting = 64;
/** Sentences that a page shows. */
const shownSentences = 200;

/** Writes the input with the model's tags behind its columns, sentence by sentence; with `--json` one object. */
export async function tag(context: VerbContext): Promise<void> {
  const { output, argument = '-' } = context;
  const flags: TagFlags = context.flags;
  requireOneResult(context);
  const { model } = await context.openModel<OpenTagger>();
  const isStream = argument === '-';
  const source = isStream ? passingStdin() : fileSource(argument);
  const file = await openForModel(source, model, { settings: context.settings(), tagsOptional: true });
  const tagger = networkTagger({ model });
  const wanted = { probabilities: flags.probabilities ?? false, nBest: flags.nBest ?? 1 };
  const probabilities = wanted.probabilities || output.json || flags.html !== undefined;
  const tagged = tagSentences(tagger, file, { isStream, probabilities, nBest: wanted.nBest });
  const kept: Prediction[] = [];
  const names = writtenNames(tagger.columns, wanted, file);
  const count = { sentences: 0, tokens: 0 };
  const objects: object[] = [];
  await context.writeResult({ path: flags.out, immediately: isStream }, async (write) => {
    if (!output.json) await write(file.header(names));
    for await (const { raw, prediction } of tagged) {
      count.sentences += 1;
      count.tokens += raw.tokens.length;
      if (flags.html !== undefined && kept.length < shownSentences) kept.push(prediction);
      if (output.json) objects.push(predictionJson(prediction, tagger.columns));
      else await write(raw.write(writtenColumns(prediction, tagger.columns, wanted), names));
    }
    if (!output.json) await write(file.ending());
  });
  if (output.json)
    await output.object({ model: context.flags['model'], data: source.name, ...count, results: objects });
  if (flags.html !== undefined) {
    const { writePage } = await import('@unroll/cli/charts');
    const { taggedSections, withStyle } = await import('../page/index.js');
    const sections = taggedSections({ predictions: kept, columns: tagger.columns, total: count.sentences, model });
    await writePage(flags.html, `Tags of ${source.name}`, withStyle(sections));
    output.log(`written: ${flags.html}`);
  }
}

function requireOneResult({ output, flags }: VerbContext): void {
  const { out }: TagFlags = flags;
  if (output.json && out !== undefined) {
    throw new UsageError('usage/out', 'with --json the result is one object on standard output; leave --out out');
  }
}

/** In the order of the file. Of a stream each sentence is tagged as soon as it has come, those that came together at once. */
async function* tagSentences(
  tagger: Tagger,
  file: SentenceFile,
  { isStream, ...options }: TagOptions & { readonly isStream: boolean },
): AsyncGenerator<TaggedSentence, void> {
  if (!isStream) {
    yield* tagAll(tagger, file.sentences(), options);
    return;
  }
  for await (const group of arrivals(file.sentences(), mostWaiting)) yield* tagAll(tagger, group, options);
}

async function* tagAll(
  tagger: Tagger,
  sentences: Iterable<RawSentence> | AsyncIterable<RawSentence>,
  options: TagOptions,
): AsyncGenerator<TaggedSentence, void> {
  const waiting: RawSentence[] = [];
  async function* noted(): AsyncGenerator<RawSentence, void> {
    for await (const sentence of sentences) {
      waiting.push(sentence);
      yield sentence;
    }
  }
  for await (const prediction of tagger.tag(noted(), options)) yield { raw: waiting.shift()!, prediction };
}
