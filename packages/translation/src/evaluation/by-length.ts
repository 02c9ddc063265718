import type { JudgedTranslation, LengthGroup } from './result.js';
import type { ScoredCorpus } from './scored-texts.js';
import { splitWords } from './text.js';

/** most words of each group */
const groups = [5, 10, 15, 20, 25, 30, 40, 50, 60, Infinity] as const;

/** Scores of sentences of about one length each, the short ones first. */
export function lengthGroups(
  sentences: readonly JudgedTranslation[],
  { bleu, chrf, ter }: ScoredCorpus,
): readonly LengthGroup[] {
  const members: number[][] = groups.map(() => []);
  sentences.forEach(({ source, references }, i) => {
    const words = splitWords(source ?? references[0]!).length;
    members[groups.findIndex((most) => words <= most)]!.push(i);
  });
  return members.flatMap((indices, group) => {
    if (indices.length === 0) return [];
    const { score, ratio } = bleu.score(indices);
    return {
      from: group === 0 ? 0 : groups[group - 1]! + 1,
      to: groups[group]!,
      sentences: indices.length,
      bleu: score,
      chrf: chrf.score(indices).score,
      ter: ter.score(indices).score,
      lengthRatio: ratio,
    };
  });
}
