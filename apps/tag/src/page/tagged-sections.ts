import { formatNumber, type ReportSection } from '@unroll/core';
import { attribute, type Prediction, type TagColumn, type TaggingModel } from '@unroll/sequence-tagging';
import { huesOf, sentencesHtml, type ShownSentence } from './sentences.js';
import { saysNothing, shownSentence, typesOf } from './shown-sentences.js';

export interface TaggedSectionsOptions {
  /** with probabilities */
  readonly predictions: readonly Prediction[];
  readonly columns: readonly TagColumn[];
  /** what the predictions are some of */
  readonly total: number;
  /** for what each tag rests on; nothing of it is shown without */
  readonly model?: TaggingModel | undefined;
}

/** Tags of a column whose attribution is worked out: each costs a forward and a backward pass. */
const attributedTags = 300;
/** Longer sentences are left out of it: theirs would be pages of numbers. */
const longestAttributed = 80;

/** Sentences in colour, a section for each column. */
export function taggedSections(options: TaggedSectionsOptions): readonly ReportSection[] {
  const { predictions, columns, total } = options;
  if (predictions.length === 0) return [];
  return columns.map((column, index) => {
    const { sentences, attributed } = shownSentences(column, index, options);
    const shown = new Set(sentences.flatMap(({ spans }) => spans.map(({ type }) => type)));
    const hues = huesOf([...new Set([...typesOf(column), ...shown])]);
    const used = new Map([...hues].filter(([type]) => shown.has(type)));
    const count =
      sentences.length < total
        ? `The first ${formatNumber(sentences.length)} of ${formatNumber(total)} sentences.`
        : `All ${formatNumber(total)} sentences.`;
    const explained = 'The stronger a colour, the surer the model; a dashed line means less than 80 %.';
    const wrong = sentences.some(({ gold }) => gold) ? ' A wavy line marks a tag that the file does not have.' : '';
    const words = [`${count} ${explained}${wrong}`, attributed].map((text) => (text === '' ? '' : `<p>${text}</p>`));
    const title = columns.length === 1 ? 'Sentences' : `Sentences: ${column.name}`;
    const html = `${words.join('')}${sentencesHtml(sentences, used)}`;
    return { title, paragraphs: [], tables: [], pictures: [], html };
  });
}

function shownSentences(
  column: TagColumn,
  index: number,
  { predictions, model }: TaggedSectionsOptions,
): { readonly sentences: readonly ShownSentence[]; readonly attributed: string } {
  let left = model ? attributedTags : 0;
  let explained = 0;
  const sentences = predictions.map((prediction) => {
    const { tokens } = prediction.sentence;
    const { tags } = prediction.columns[index]!;
    if (!model || left <= 0 || tokens.length > longestAttributed) return shownSentence(prediction, column, { index });
    const shares = tags.map((tag, token) => {
      if (saysNothing(tag) || left <= 0) return undefined;
      left -= 1;
      return attribute(model, prediction.sentence, { token, column: index }).shares;
    });
    explained += 1;
    return shownSentence(prediction, column, { index, shares });
  });
  const attributed =
    explained === 0
      ? ''
      : `Point at a coloured word of the first ${formatNumber(explained)} sentences to see which words its tag rests on (gradient × input, in shares of its size).`;
  return { sentences, attributed };
}
