import { confusionHtml } from '@unroll/cli/charts';
import { formatNumber, type ReportPicture, type ReportSection } from '@unroll/core';
import { classCounts, type Confusion, type RecognizeOptions } from '@unroll/audio-recognition';
import type { Evaluation, Listener } from '../evaluation.js';
import { evaluationSections } from '../evaluation-sections.js';
import { recordingsHtml } from './recordings.js';

export interface EvaluationPageOptions extends Listener {
  /** as the recordings were recognised */
  readonly recognize?: RecognizeOptions | undefined;
}

/** Classes that a matrix shows: more would not be read. */
const shownClasses = 36;

const blank = { paragraphs: [], tables: [], pictures: [] };

/** All that an evaluation has to show: scores and tables, what was taken for what, and the worst errors to look at and to listen to. */
export async function evaluationPage(
  evaluation: Evaluation,
  options: EvaluationPageOptions,
): Promise<readonly ReportSection[]> {
  const { classes, voices } = evaluation;
  const html = await recordingsHtml(evaluation, options);
  return [
    ...evaluationSections(evaluation),
    ...(classes && classes.confusion.classes.length > 1 ? [confusionSection(classes.confusion)] : []),
    ...(voices ? [{ ...blank, title: 'Voices', pictures: [rocPicture(voices.roc)] }] : []),
    { ...blank, title: 'Recordings', html },
  ];
}

function confusionSection(confusion: Confusion): ReportSection {
  const worst = confusionOfWorst(confusion, shownClasses);
  const all = confusion.classes.length;
  const some =
    worst.names.length < all ? ` The ${worst.names.length} of ${all} that have most to do with mistakes.` : '';
  const words = `Rows are what a recording is, columns what it was called.${some}`;
  return { ...blank, title: 'Confusion', html: `<p>${words}</p>${confusionHtml(worst)}` };
}

/** The classes that were mistaken most, in the order that they had. */
function confusionOfWorst({ classes, counts }: Confusion, limit: number) {
  const size = classes.length;
  const wrong = classCounts({ classes, counts }).map(({ gold, predicted, matched }) => gold + predicted - 2 * matched);
  const kept = classes
    .map((_, i) => i)
    .sort((a, b) => wrong[b]! - wrong[a]!)
    .slice(0, limit)
    .sort((a, b) => a - b);
  return {
    names: kept.map((i) => classes[i]!),
    counts: kept.flatMap((i) => kept.map((j) => counts[i * size + j]!)),
  };
}

/** Points of a curve that are drawn. */
const mostPoints = 400;

function rocPicture(
  roc: readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[],
): ReportPicture {
  const every = Math.max(1, Math.floor(roc.length / mostPoints));
  const points = roc
    .filter((_, i) => i % every === 0 || i === roc.length - 1)
    .map((point): [number, number] => [100 * point.falsePositiveRate, 100 * point.truePositiveRate]);
  return {
    name: 'voices',
    caption: `${formatNumber(roc.length)} thresholds`,
    chart: {
      title: 'Recordings of one person that are recognised as such',
      x: { kind: 'number', name: '% of strangers that are taken for the same person' },
      y: { kind: 'number', name: '%' },
      layers: [{ kind: 'line', name: 'recognised', colour: 0, points }],
    },
  };
}
