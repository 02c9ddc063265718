import type { TranslationEvaluation, TranslationScores } from '@unroll/translation';

/** The scores that a run is summed up by. */
export function mainScores({ scores, exactSentences }: TranslationEvaluation): Readonly<Record<string, number>> {
  const { bleu, chrf, ter, perplexity } = scores;
  return { bleu, chrf, ter, ...(perplexity !== undefined && { perplexity }), exactSentences };
}

/** All that an evaluation found but the sentences, for `--json`: the scores at the top. */
export function evaluationJson(evaluation: TranslationEvaluation): object {
  const { scores, metrics, bleuDetails, exactSentences, seconds, byLength, byFrequency, habits } = evaluation;
  const { missedWords, addedWords, worst } = evaluation;
  return {
    ...orderedScores(scores),
    metrics,
    bleuDetails,
    exactSentences,
    seconds,
    byLength,
    byFrequency,
    habits,
    missedWords,
    addedWords,
    worst,
  };
}

function orderedScores({ sentences, bleu, signature, chrf, ter, perplexity }: TranslationScores): TranslationScores {
  return { sentences, bleu, signature, chrf, ter, ...(perplexity !== undefined && { perplexity }) };
}
