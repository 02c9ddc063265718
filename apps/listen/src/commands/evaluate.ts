import { existsSync } from 'node:fs';
import { columns as alignedColumns, type VerbContext } from '@unroll/cli';
import type { RecognizeOptions, RecordingList, TunedWeights, WeightTrial } from '@unroll/audio-recognition';
import { formatNumber, randomKey, type ReportSection } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { recognizeOptions } from '../decoding.js';
import { evaluateRecognizer } from '../evaluation.js';
import { evaluationSections, spottingSection } from '../evaluation-sections.js';
import { openForModel } from '../model-files.js';
import { requireTask } from '../recognition.js';
import { evaluationJson } from '../scores.js';
import type { OpenRecognizer } from '../task.js';

interface EvaluateFlags {
  readonly model?: string;
  readonly data?: string;
  readonly split?: string;
  readonly tuneLanguage?: boolean;
  readonly tuneData?: string;
  readonly errors?: number;
  readonly html?: string;
  readonly seed?: number;
  readonly spot?: boolean;
  readonly threshold?: number;
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
  if (flags.threshold !== undefined && !flags.spot) {
    throw new UsageError('usage/spot', '--threshold is that of words in a stream; add --spot, or leave it out');
  }
  const source = await context.openSplit(flags.data, flags.split);
  const opened = await context.openModel<OpenRecognizer>();
  const list = await openForModel(source, opened.model, context.settings());
  list.notes.forEach((note) => output.log(note));
  if (flags.spot) return spot(context, opened, list);
  const given = await recognizeOptions(context, opened);
  const tuned = flags.tuneLanguage ? await tunedWeights(context, opened, given) : undefined;
  const { languageWeight, insertionBonus } = tuned ?? given;
  const recognize = { ...given, languageWeight, insertionBonus };
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
  if (output.json) await output.object({ model: flags.model, data: source.name, ...evaluationJson(evaluation), tuned });
  else await output.write(textOf(evaluationSections(evaluation)));
}

/** Scores how words of long recordings are spotted. */
async function spot(context: VerbContext, opened: OpenRecognizer, list: RecordingList): Promise<void> {
  const { output } = context;
  const flags: EvaluateFlags = context.flags;
  requireTask(opened, 'classify');
  if (flags.html !== undefined) throw new UsageError('usage/spot', '--spot has no page; leave --html out');
  const { evaluateSpotting } = await import('../spotting/evaluate-spotting.js');
  const threshold = flags.threshold ?? 0.5;
  const evaluation = await evaluateSpotting(opened, list, {
    threshold,
    onProgress: (done) => output.overwrite(`${formatNumber(done)} files are heard`),
  });
  output.overwrite('');
  if (output.json) await output.object({ model: flags.model, data: list.name, threshold, ...evaluation });
  else await output.write(textOf([spottingSection(evaluation, list.name)]));
}

/** The weights that are best on other recordings. */
async function tunedWeights(
  context: VerbContext,
  opened: OpenRecognizer,
  recognize: RecognizeOptions,
): Promise<TunedWeights> {
  const { output } = context;
  const { data, tuneData }: EvaluateFlags = context.flags;
  if (recognize.languageModel === undefined) {
    throw new UsageError('usage/search', '--tune-language needs --language-model FILE.arpa or the folder of a run');
  }
  if (tuneData === undefined && existsSync(data!)) {
    const message = `--tune-language needs --tune-data, other recordings than those of ${data}, which it is to be scored on`;
    throw new UsageError('usage/search', message);
  }
  const source = await (tuneData === undefined
    ? context.openSplit(data!, 'valid')
    : context.openSplit(tuneData, undefined));
  const list = await openForModel(source, opened.model, context.settings());
  const { tuneLanguage } = await import('../tune-language.js');
  const tuned = await tuneLanguage(opened, list, {
    recognize,
    onProgress: (done) =>
      output.overwrite(`${formatNumber(done)} of ${formatNumber(list.recordings.length)} to tune on`),
    onTrial: (trial) => output.overwrite(weightsText(trial)),
  });
  output.overwrite('');
  output.log(`${weightsText(tuned)}, of ${tuned.trials.length} that were tried on ${source.name}`);
  return tuned;
}

function weightsText({ languageWeight, insertionBonus, wer }: WeightTrial): string {
  return `language weight ${languageWeight}, insertion bonus ${insertionBonus}: WER ${(100 * wer).toFixed(2)} %`;
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
