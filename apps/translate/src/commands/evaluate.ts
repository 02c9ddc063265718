import { columns as alignedColumns, type VerbContext } from '@unroll/cli';
import { randomKey, type ReportSection } from '@unroll/core';
import {
  compareTranslations,
  createBleu,
  createChrf,
  createTer,
  evaluationSections,
  type NamedPairs,
  type TranslationComparison,
  type TranslationEvaluation,
} from '@unroll/translation';
import { decodingOptions } from '../decoding.js';
import { evaluatePairs } from '../evaluation.js';
import { openPairsFor } from '../model-files.js';
import { openModels } from '../models.js';
import { bleuOptions, type BleuFlags } from '../reference-scores.js';
import { evaluationJson } from '../scores.js';
import { readLines, requireSameCount } from '../text-lines.js';
import { oneLine } from '../translation-lines.js';

interface EvaluateFlags extends BleuFlags {
  readonly compare?: string;
  readonly errors?: number;
  readonly out?: string;
  readonly html?: string;
  readonly seed?: number;
}

/** Translations that are listed unless it is said. */
const listedErrors = 10;

/** Translates the sources of pairs and scores the result against their targets. */
export async function evaluate(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: EvaluateFlags = context.flags;
  const opened = await openModels(context);
  const { config } = opened.models[0]!;
  const pairs = await openPairsFor(config, context);
  const other = flags.compare === undefined ? undefined : await readLines(context, flags.compare);
  if (other) requireSameCount(other, { name: pairs.name, count: pairs.pairs.length });
  const total = pairs.pairs.length;
  const translate = decodingOptions(context, config);
  const evaluation = await evaluatePairs(opened, pairs, {
    bleu: bleuOptions(flags),
    translate,
    worst: flags.errors ?? listedErrors,
    onProgress: ({ sentences }) => output.overwrite(`${pairs.name}: ${Math.floor((100 * sentences) / total)} %`),
  });
  output.overwrite('');
  const comparisons = other ? [comparedWith(other, { evaluation, pairs, flags, seed: config.seed })] : [];
  if (flags.out !== undefined) {
    await context.writeResult({ path: flags.out }, async (write) => {
      for (const { hypothesis } of evaluation.sentences) await write(`${oneLine(hypothesis)}\n`);
    });
  }
  if (flags.html !== undefined) {
    const { writePage } = await import('@unroll/cli/charts');
    const { evaluationPage } = await import('../page/index.js');
    const sections = await evaluationPage(evaluation, { translator: opened.translator, translate, comparisons });
    await writePage(flags.html, `Translations of ${pairs.name}`, sections);
    output.log(`written: ${flags.html}`);
  }
  if (!output.json) {
    await output.write(textOf(evaluationSections(evaluation, [], { comparisons })));
    return;
  }
  const [comparison] = comparisons;
  await output.object({
    model: opened.names,
    data: pairs.name,
    ...evaluationJson(evaluation),
    ...(comparison && { comparison }),
  });
}

interface ComparedOptions {
  readonly evaluation: TranslationEvaluation;
  readonly pairs: NamedPairs;
  readonly flags: EvaluateFlags;
  readonly seed: number;
}

function comparedWith(
  other: { readonly name: string; readonly lines: readonly string[] },
  { evaluation, pairs, flags, seed }: ComparedOptions,
): TranslationComparison {
  const hypotheses = evaluation.sentences.map(({ hypothesis }) => hypothesis);
  return compareTranslations(
    { name: evaluation.name, hypotheses },
    { name: other.name, hypotheses: other.lines },
    {
      references: pairs.pairs.map(({ target }) => target),
      key: randomKey(flags.seed ?? seed),
      metrics: [createBleu(bleuOptions(flags)), createChrf({ lowercase: flags.lowercase }), createTer()],
    },
  );
}

function textOf(sections: readonly ReportSection[]): string {
  return sections
    .map(({ title, paragraphs, tables }) => {
      const shown = tables.map(({ caption, head, rows }) => `${caption ?? ''}\n${alignedColumns([head, ...rows], 1)}`);
      return [`${title}\n`, ...paragraphs.map((text) => `${text}\n`), ...shown].join('\n');
    })
    .join('\n');
}
