import type { Evaluation } from './evaluation.js';

/** The scores that a run is summed up by. */
export function mainScores({ classes, voices, transcripts }: Evaluation): Readonly<Record<string, number>> {
  if (transcripts) return { ...transcripts.scores };
  return { ...classes?.scores, ...(voices && { eer: voices.equalErrorRate }) };
}

/** All that an evaluation found, for `--json`: the scores at the top. */
export function evaluationJson(evaluation: Evaluation): object {
  const { classes, voices, transcripts, unanswered, warnings, computeSeconds, seconds } = evaluation;
  const { scores: _, confusion, ...classDetails } = classes ?? { scores: undefined, confusion: undefined };
  const { scores: __, ...transcriptDetails } = transcripts ?? { scores: undefined };
  return {
    ...mainScores(evaluation),
    seconds,
    computeSeconds,
    realTimeFactor: computeSeconds / seconds,
    unanswered,
    warnings,
    ...classDetails,
    ...(confusion && { confusion }),
    ...(voices && { verification: { ...voices, roc: undefined } }),
    ...transcriptDetails,
  };
}
