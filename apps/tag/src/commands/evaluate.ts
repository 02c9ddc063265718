import { columns as alignedColumns, type VerbContext } from '@unroll/cli';
import { randomKey, type ReportSection } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { evaluationSections, sentencesOf, type Sentence } from '@unroll/sequence-tagging';
import { checkedBaselines } from '../baselines.js';
import { evaluateBeside, firstPredictions } from '../evaluation.js';
import { openForModel } from '../model-files.js';
import { evaluationJson, scoresJson } from '../scores.js';
import type { OpenTagger } from '../task.js';
import { trainingData } from '../training-data.js';

interface EvaluateFlags {
  readonly model?: string;
  readonly data?: string;
  readonly split?: string;
  readonly baselines?: readonly string[];
  readonly train?: string;
  readonly errors?: number;
  readonly html?: string;
  readonly seed?: number;
}

/** Errors that are listed unless it is said. */
const listedErrors = 10;

/** Scores a trained model on tagged sentences, beside baselines that learn from what it was trained on. */
export async function evaluate(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: EvaluateFlags = context.flags;
  // unless some are named only the quickest one
  const names = checkedBaselines(flags.baselines) ?? ['most-frequent'];
  if (flags.data === undefined) throw new UsageError('usage/data', 'name what to score with --data FILE or a dataset');
  const source = await context.openSplit(flags.data, flags.split);
  const opened = await context.openModel<OpenTagger>();
  const { model } = opened;
  const file = await openForModel(source, model, { settings: context.settings(), tagsOptional: false });
  const sentences = await sentencesOf(file);
  const result = await evaluateBeside(model, {
    sentences,
    learnt: names.length === 0 ? undefined : await learntSentences(context, opened),
    names,
    key: randomKey(flags.seed ?? model.config.seed),
    errors: flags.errors ?? listedErrors,
    onProgress: (message) => output.log(message),
  });
  const { evaluation, baselines, comparisons } = result;
  if (flags.html !== undefined) {
    const { writePage } = await import('@unroll/cli/charts');
    const { evaluationPage } = await import('../page/index.js');
    const predictions = await firstPredictions(model, sentences);
    await writePage(flags.html, `Tags of ${source.name}`, evaluationPage(result, { model, predictions }));
    output.log(`written: ${flags.html}`);
  }
  if (!output.json) {
    await output.write(textOf(evaluationSections(evaluation, baselines, { comparisons })));
    return;
  }
  await output.object({
    model: flags.model,
    data: source.name,
    ...evaluationJson(evaluation),
    baselines: Object.fromEntries(baselines.map((each) => [each.tagger, scoresJson(each)])),
    comparisons,
  });
}

/** What the model was trained on; `undefined` where that is no longer there, and nobody asked for baselines. */
async function learntSentences(context: VerbContext, { model }: OpenTagger): Promise<readonly Sentence[] | undefined> {
  const flags: EvaluateFlags = context.flags;
  const isAsked = flags.baselines !== undefined;
  const source = await trainingData(context, { named: flags.train, folder: flags.model!, isAsked });
  if (source === undefined) return undefined;
  return sentencesOf(await openForModel(source, model, { settings: [], tagsOptional: false }));
}

function textOf(sections: readonly ReportSection[]): string {
  return sections
    .map(({ title, paragraphs, tables }) => {
      const shown = tables.map(({ caption, head, rows }) => `${caption ?? ''}\n${alignedColumns([head, ...rows], 1)}`);
      return [`${title}\n`, ...paragraphs.map((text) => `${text}\n`), ...shown].join('\n');
    })
    .join('\n');
}
