import type { Hypothesis, Translation } from '@unroll/translation';

export interface LineOptions {
  /** hypotheses of each text with their places; one, without, unless given */
  readonly nBest?: number | undefined;
  /** log p and score behind each */
  readonly scores?: boolean | undefined;
}

/** A translation as lines of text: one, or with `nBest` one a hypothesis that begins with the number of its text and its place. */
export function translationLines({ hypotheses }: Translation, number: number, options: LineOptions): string {
  const { nBest, scores = false } = options;
  const shown = nBest === undefined ? hypotheses.slice(0, 1) : hypotheses.slice(0, nBest);
  return shown
    .map(({ text, logProbability, score }, place) => {
      const cells = [
        ...(nBest === undefined ? [] : [String(number), String(place + 1)]),
        oneLine(text),
        ...(scores ? [logProbability.toFixed(4), score.toFixed(4)] : []),
      ];
      return `${cells.join('\t')}\n`;
    })
    .join('');
}

/** A line end inside of a translation would be the end of it for who reads line by line. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}

/** All that is known of a translation, for `--json`. */
export function translationJson({ source, sourceTokens, hypotheses }: Translation, line: number): object {
  return { line, source, sourceTokens, hypotheses: hypotheses.map(hypothesisJson) };
}

function hypothesisJson({ tokenLogProbabilities, attention, ...rest }: Hypothesis): object {
  return {
    ...rest,
    tokenLogProbabilities: Array.from(tokenLogProbabilities),
    ...(attention && { attention: attention.map((row) => Array.from(row)) }),
  };
}
