import type { ReportSection } from '@unroll/core';
import { evaluationSections, type Prediction, type TaggingModel } from '@unroll/sequence-tagging';
import type { Evaluation } from '../evaluation.js';
import { confusionSections } from './confusion-sections.js';
import { withStyle } from './style.js';
import { taggedSections } from './tagged-sections.js';

export interface EvaluationPageOptions {
  readonly model: TaggingModel;
  /** of the first sentences, with probabilities */
  readonly predictions: readonly Prediction[];
}

/** All that an evaluation has to show: words and tables, the confusion matrix in shades, sentences in colour. */
export function evaluationPage(
  { evaluation, baselines, comparisons }: Evaluation,
  { model, predictions }: EvaluationPageOptions,
): readonly ReportSection[] {
  const told = evaluationSections(evaluation, baselines, { comparisons });
  const { columns } = model.facts;
  return withStyle([
    ...told.map(withoutMatrix),
    ...confusionSections(evaluation),
    ...taggedSections({ predictions, columns, total: evaluation.sentences, model }),
  ]);
}

/** The shades show the same matrix, and more of it. */
function withoutMatrix(section: ReportSection): ReportSection {
  return { ...section, tables: section.tables.filter(({ caption }) => caption?.startsWith('Confusion') !== true) };
}
