import { columns as alignedColumns, type VerbContext } from '@unroll/cli';
import { randomKey } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { compareTranslations, perplexityOf, scoreTranslations, type TranslationComparison } from '@unroll/translation';
import { openPairsFor } from '../model-files.js';
import { openModels } from '../models.js';
import {
  checkedMetrics,
  createMetric,
  fileScores,
  lineScores,
  type BleuFlags,
  type FileScore,
} from '../reference-scores.js';
import { readLines, requireSameCount, type TextLines } from '../text-lines.js';

interface ScoreFlags extends BleuFlags {
  readonly hypothesis?: string;
  readonly reference?: readonly string[];
  readonly metrics?: readonly string[];
  readonly compare?: string;
  readonly sentences?: boolean;
  readonly model?: readonly string[];
  readonly out?: string;
  readonly seed?: number;
}

/** Scores given translations: by references and without an engine, or by the probability that models give them. */
export async function score(context: VerbContext): Promise<void> {
  const { model = [], hypothesis, reference = [] }: ScoreFlags = context.flags;
  if (model.length > 0) {
    if (hypothesis === undefined && reference.length === 0) return scoreByModels(context);
    const message =
      'a model scores pairs: --source and --target; leave --model out to score --hypothesis by --reference';
    throw new UsageError('usage/score', message);
  }
  if (hypothesis !== undefined && reference.length > 0) return scoreByReferences(context, hypothesis, reference);
  const message =
    'name translations with --hypothesis FILE and --reference FILE, or pairs and a model with --model DIR';
  throw new UsageError('usage/score', message);
}

async function scoreByReferences(
  context: VerbContext,
  hypothesisPath: string,
  referencePaths: readonly string[],
): Promise<void> {
  const { output } = context;
  const flags: ScoreFlags = context.flags;
  const names = checkedMetrics(flags.metrics);
  const hypothesis = await readLines(context, hypothesisPath);
  const other = flags.compare === undefined ? undefined : await readLines(context, flags.compare);
  const references = await readReferences(context, referencePaths, other ? [hypothesis, other] : [hypothesis]);
  const scores = fileScores(hypothesis.lines, references, { names, flags });
  const comparison =
    other &&
    compareTranslations(
      { name: hypothesis.name, hypotheses: hypothesis.lines },
      { name: other.name, hypotheses: other.lines },
      { references, key: randomKey(flags.seed ?? 1), metrics: names.map((name) => createMetric(name, flags)) },
    );
  const lines = flags.sentences ? lineScores(hypothesis.lines, references, { names, flags }) : undefined;
  if (!output.json) {
    await writeLines(
      context,
      lines?.map((each) => Object.values(each).map((value) => value.toFixed(2))),
    );
    await output.write(scoresText(scores, comparison));
    return;
  }
  await output.object({
    hypothesis: hypothesis.name,
    references: referencePaths,
    sentences: hypothesis.lines.length,
    ...Object.fromEntries(scores.map(({ metric, score }) => [metric, score])),
    signature: scores[0]!.signature,
    signatures: Object.fromEntries(scores.map(({ metric, signature }) => [metric, signature])),
    details: scores.find(({ details }) => details !== undefined)?.details,
    ...(comparison && { comparison }),
    ...(lines && { lines }),
  });
}

/** @returns `[line][reference]` */
async function readReferences(
  context: VerbContext,
  paths: readonly string[],
  hypotheses: readonly TextLines[],
): Promise<readonly (readonly string[])[]> {
  const files = await Promise.all(paths.map((path) => readLines(context, path)));
  for (const file of files) {
    for (const { name, lines } of hypotheses) requireSameCount(file, { name, count: lines.length });
  }
  return hypotheses[0]!.lines.map((_, i) => files.map(({ lines }) => lines[i]!));
}

function scoresText(scores: readonly FileScore[], comparison: TranslationComparison | undefined): string {
  const rows = scores.map(({ name, score, signature, details }) => {
    return [name, score.toFixed(2), details === undefined ? signature : `${signature}  ${details}`];
  });
  const width = Math.max(...rows.map(([name]) => name!.length));
  const values = rows.map(([name, value, rest]) => `${name!.padEnd(width)}  ${value!.padStart(6)}  ${rest}\n`).join('');
  return comparison ? `${values}\n${comparisonText(comparison)}` : values;
}

function comparisonText({ name, against, results, words }: TranslationComparison): string {
  const rows = results.map(({ metric, value, againstValue, pValue }) => {
    return [metric, value.toFixed(2), againstValue.toFixed(2), pValue.toFixed(3)];
  });
  return `${words}\n${alignedColumns([['', name, against, 'p'], ...rows], 1)}`;
}

/** Of every line, tab-separated, before the scores of all, or in a file of their own. */
async function writeLines(context: VerbContext, rows: readonly (readonly string[])[] | undefined): Promise<void> {
  if (!rows) return;
  const { out }: ScoreFlags = context.flags;
  await context.writeResult({ path: out }, async (write) => {
    for (const row of rows) await write(`${row.join('\t')}\n`);
  });
}

/** log p of each pair, and the perplexity of all. */
async function scoreByModels(context: VerbContext): Promise<void> {
  const { output } = context;
  const opened = await openModels(context);
  const { name, pairs } = await openPairsFor(opened.models[0]!.config, context);
  const scores = await scoreTranslations(opened.models, pairs, { segmenters: opened.segmenters });
  const perplexity = perplexityOf(scores);
  if (output.json) {
    await output.object({
      model: opened.names,
      data: name,
      sentences: pairs.length,
      perplexity,
      logProbability: scores.reduce((sum, { logProbability }) => sum + logProbability, 0),
      tokens: scores.reduce((sum, { tokens }) => sum + tokens.length, 0),
      results: scores.map(({ tokenLogProbabilities, ...each }, i) => {
        const { line, source, target } = pairs[i]!;
        return { line, source, target, ...each, tokenLogProbabilities: Array.from(tokenLogProbabilities) };
      }),
    });
    return;
  }
  await writeLines(
    context,
    scores.map(({ logProbability, perplexity: ofPair }) => [logProbability.toFixed(4), ofPair.toFixed(4)]),
  );
  output.log(`perplexity ${perplexity.toFixed(4)} of ${pairs.length} pairs`);
}
