import type { ReportHeatMap, ReportSection } from '@unroll/core';
import {
  evaluationSections,
  type TranslateOptions,
  type TranslationComparison,
  type TranslationEvaluation,
  type Translator,
} from '@unroll/translation';
import { attentionMap, attentionWords } from '../attention-files.js';
import { translationsHtml } from './translations.js';

export interface EvaluationPageOptions {
  /** what wrote the translations: for where their tokens looked */
  readonly translator: Translator;
  /** as they were written */
  readonly translate?: TranslateOptions | undefined;
  readonly comparisons?: readonly TranslationComparison[] | undefined;
}

/** Translations whose attention is drawn, and translations that are shown beside what they should be. */
const shown = { maps: 6, translations: 60 };
/** Longer sentences make maps that nobody reads. */
const longestMapped = 24;

/** All that an evaluation has to show: words and tables, translations beside their references, where tokens looked. */
export async function evaluationPage(
  evaluation: TranslationEvaluation,
  options: EvaluationPageOptions,
): Promise<readonly ReportSection[]> {
  const { sentences } = evaluation;
  const told = evaluationSections(evaluation, [], { comparisons: options.comparisons });
  const heatMaps = await attentionMaps(evaluation, options);
  const blank = { paragraphs: [], tables: [], pictures: [] };
  const html = translationsHtml(sentences.slice(0, shown.translations), sentences.length);
  return [
    ...told,
    { ...blank, title: 'Translations', html },
    ...(heatMaps.length > 0
      ? [{ ...blank, title: 'Attention', heatMaps, html: `<p class="soft">${attentionWords}</p>` }]
      : []),
  ];
}

async function attentionMaps(
  { sentences }: TranslationEvaluation,
  { translator, translate }: EvaluationPageOptions,
): Promise<readonly ReportHeatMap[]> {
  const few = sentences
    .flatMap(({ source, line }) => (source === undefined ? [] : [{ source, line }]))
    .filter(({ source }) => source.split(/\s+/).length <= longestMapped)
    .slice(0, shown.maps);
  const maps: (ReportHeatMap | undefined)[] = [];
  const sources = few.map(({ source }) => source);
  for await (const translation of translator.translate(sources, { ...translate, attention: true })) {
    const best = translation.hypotheses[0]!;
    const map = attentionMap(translation, best, best.text);
    const { line } = few[maps.length]!;
    const name = `attention-${maps.length + 1}`;
    maps.push(map && { name, caption: `line ${line}: ${translation.source}`, map });
  }
  return maps.filter((map) => map !== undefined);
}
