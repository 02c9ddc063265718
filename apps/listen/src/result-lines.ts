import type { Recognition, RecognitionFacts } from '@unroll/audio-recognition';
import type { WordTime } from './word-times.js';

/** A class with its probability, or a voice with its cosine. */
export interface Ranked {
  readonly name: string;
  readonly value: number;
}

/** Classes of a result, most likely first. */
export function rankedClasses(
  { probabilities = new Float32Array(0) }: Pick<Recognition, 'probabilities'>,
  { classes }: Pick<RecognitionFacts, 'classes'>,
): readonly Ranked[] {
  return Array.from(probabilities, (value, id) => ({ name: classes.tokens[id]!, value })).sort(
    (a, b) => b.value - a.value,
  );
}

/** `a.wav<TAB>seven`; with `top` `a.wav<TAB>seven<TAB>0.9312<TAB>five<TAB>0.0201`. */
export function rankedLine(name: string, ranked: readonly Ranked[], top: number | undefined): string {
  const cells = ranked.slice(0, top ?? 1).flatMap((each) => [each.name, each.value.toFixed(4)]);
  return tabbed([name, ...(top === undefined ? cells.slice(0, 1) : cells)]);
}

/** `a.wav<TAB>what was said`; of several transcripts `a.wav<TAB>2<TAB>what was set<TAB>-3.2513`. */
export function transcriptLines({ name, transcripts = [] }: Recognition, nBest: number | undefined): string {
  if (nBest === undefined) return tabbed([name, transcripts[0]?.text ?? '']);
  return transcripts.map(({ text, score }, i) => tabbed([name, String(i + 1), text, score.toFixed(4)])).join('');
}

/** `a.wav<TAB>0.32<TAB>0.61<TAB>0.982<TAB>seven`, a line for every word. */
export function timeLines(name: string, words: readonly WordTime[]): string {
  return words
    .map(({ word, start, end, probability }) =>
      tabbed([name, start.toFixed(2), end.toFixed(2), probability.toFixed(3), word]),
    )
    .join('');
}

function tabbed(cells: readonly string[]): string {
  return `${cells.map((cell) => cell.replace(/[\t\r\n]/g, ' ')).join('\t')}\n`;
}
