import { confusionHtml } from '@unroll/cli/charts';
import type { ReportSection } from '@unroll/core';
import { confusionOfWorst, type TaggingEvaluation } from '@unroll/sequence-tagging';

/** Tags that a matrix shows: more would not be read. */
const shownTags = 24;

/** Which tag was taken for which, as shades: a section for each column that has one tag a token. */
export function confusionSections({ columns }: TaggingEvaluation): readonly ReportSection[] {
  return columns.flatMap(({ column, confusion }) => {
    if (!confusion || confusion.tags.length < 2) return [];
    const worst = confusionOfWorst(confusion, shownTags);
    const some =
      worst.tags.length < confusion.tags.length
        ? ` The ${worst.tags.length} of ${confusion.tags.length} tags that have most to do with mistakes.`
        : '';
    const words = `Rows are the tags of the file, columns those that were predicted.${some}`;
    const title = columns.length === 1 ? 'Confusion' : `Confusion: ${column}`;
    return [
      {
        title,
        paragraphs: [],
        tables: [],
        pictures: [],
        html: `<p>${words}</p>${confusionHtml({ names: worst.tags, counts: worst.counts })}`,
      },
    ];
  });
}
