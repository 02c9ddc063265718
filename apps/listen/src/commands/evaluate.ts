import { columns as alignedColumns, type VerbContext } from '@unroll/cli';
import { formatNumber, randomKey, type ReportSection } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { recognizeOptions } from '../decoding.js';
import { evaluateRecognizer } from '../evaluation.js';
import { evaluationSections } from '../evaluation-sections.js';
import { openForModel } from '../model-files.js';
import { evaluationJson } from '../scores.js';
import type { OpenRecognizer } from '../task.js';

interface EvaluateFlags {
  readonly model?: string;
  readonly data?: string;
  readonly split?: string;
  readonly errors?: number;
  readonly html?: string;
  readonly seed?: number;
}

/** Errors that are listed unless it is said. */
const listedErrors = 10;

/** Scores a trained model on recordings whose answers are known. */
export async function evaluate(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: EvaluateFlags = context.flags;
  if (flags.data === undefined) {
    throw new UsageError('usage/data', 'name what to score with --data FOLDER, a manifest or a dataset');
  }
  const source = await context.openSplit(flags.data, flags.split);
  const opened = await context.openModel<OpenRecognizer>();
  const list = await openForModel(source, opened.model, context.settings());
  list.notes.forEach((note) => output.log(note));
  const recognize = await recognizeOptions(context, opened);
  const evaluation = await evaluateRecognizer(opened, list, {
    key: randomKey(flags.seed ?? opened.config.seed),
    errors: flags.errors ?? listedErrors,
    recognize,
    onProgress: (done) => output.overwrite(`${formatNumber(done)} of ${formatNumber(list.recordings.length)}`),
  });
  output.overwrite('');
  if (flags.html !== undefined) {
    const { writePage } = await import('@unroll/cli/charts');
    const { evaluationPage } = await import('../page/index.js');
    const sections = await evaluationPage(evaluation, { ...opened, recognize });
    await writePage(flags.html, `Recordings of ${source.name}`, sections);
    output.log(`written: ${flags.html}`);
  }
  if (output.json) await output.object({ model: flags.model, data: source.name, ...evaluationJson(evaluation) });
  else await output.write(textOf(evaluationSections(evaluation)));
}

function textOf(sections: readonly ReportSection[]): string {
  return sections
    .map(({ title, paragraphs, tables }) => {
      const shown = tables.map(
        ({ caption, head, rows }) =>
          `${caption === undefined ? '' : `${caption}\n`}${alignedColumns([head, ...rows], 1)}`,
      );
      return [`${title}\n`, ...paragraphs.map((text) => `${text}\n`), ...shown].join('\n');
    })
    .join('\n');
}
