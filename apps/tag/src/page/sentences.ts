import { escapeHtml } from '@unroll/cli/charts';
import type { Span } from '@unroll/sequence-tagging';

/** A sentence as a page shows it, for one column of tags. */
export interface ShownSentence {
  /** where it stands: its line in the file */
  readonly line: number;
  readonly tokens: readonly string[];
  /** as predicted */
  readonly tags: readonly string[];
  /** what the file says, where it says it */
  readonly gold?: readonly string[] | undefined;
  /** of each token's tag */
  readonly probabilities?: ArrayLike<number> | undefined;
  /** what is coloured; a tag that marks no spans is one of one token */
  readonly spans: readonly (Span & { readonly probability?: number })[];
  /** `[token][other token]`: the share of each word in the tag of a token, in 0 … 1, where that is known */
  readonly shares?: readonly (ArrayLike<number> | undefined)[] | undefined;
}

/** Less sure than that is drawn with dashes. */
const sureFrom = 0.8;

/** Types and their hues: far apart for those that are next to each other, the same on every page for the same types. */
export function huesOf(types: readonly string[]): ReadonlyMap<string, number> {
  return new Map(types.map((type, i) => [type, Math.round((210 + i * 137.508) % 360)]));
}

/** Sentences with their spans in colour, below a legend. @param hues - of every type that is coloured */
export function sentencesHtml(sentences: readonly ShownSentence[], hues: ReadonlyMap<string, number>): string {
  const legend = [...hues].map(([type, hue]) => `<span class="span" style="--h:${hue}">${escapeHtml(type)}</span>`);
  const lines = sentences.map((sentence) => sentenceHtml(sentence, hues));
  return `<div class="legend">${legend.join('')}</div><div class="sentences">${lines.join('\n')}</div><p class="note"></p>`;
}

function sentenceHtml(sentence: ShownSentence, hues: ReadonlyMap<string, number>): string {
  const { line, tokens, spans } = sentence;
  const parts: string[] = [];
  let at = 0;
  const plainUntil = (end: number): void => {
    for (; at < end; at++) parts.push(tokenHtml(sentence, at));
  };
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    plainUntil(span.start);
    const inside = Array.from({ length: span.end - span.start }, (_, i) => tokenHtml(sentence, span.start + i));
    parts.push(spanHtml(span, inside.join(' '), hues));
    at = span.end;
  }
  plainUntil(tokens.length);
  return `<p class="sentence" dir="auto"><small>${line}</small>${parts.join(' ')}</p>`;
}

function spanHtml(
  { type, probability }: ShownSentence['spans'][number],
  inside: string,
  hues: ReadonlyMap<string, number>,
): string {
  const unsure = probability !== undefined && probability < sureFrom ? ' unsure' : '';
  const sure = probability === undefined ? '' : `;--p:${probability.toFixed(2)}`;
  const title = probability === undefined ? type : `${type}, ${percent(probability)} sure`;
  const style = `--h:${hues.get(type) ?? 0}${sure}`;
  return `<span class="span${unsure}" style="${style}" title="${escapeHtml(title)}">${inside}<i>${escapeHtml(type)}</i></span>`;
}

function tokenHtml({ tokens, tags, gold, probabilities, shares }: ShownSentence, i: number): string {
  const wrong = gold !== undefined && gold[i] !== tags[i];
  const notes = [
    tags[i]!,
    ...(probabilities === undefined ? [] : [`p = ${probabilities[i]!.toFixed(3)}`]),
    ...(wrong ? [`the file says ${gold[i]}`] : []),
  ];
  const share = shares?.[i];
  const rests = share === undefined ? '' : ` tabindex="0" data-a="${Array.from(share, whole).join(' ')}"`;
  return `<span class="token${wrong ? ' wrong' : ''}" title="${escapeHtml(notes.join(' · '))}"${rests}>${escapeHtml(tokens[i]!)}</span>`;
}

function whole(share: number): number {
  return Math.round(100 * share);
}

function percent(probability: number): string {
  return `${(100 * probability).toFixed(probability > 0.995 || probability < 0.005 ? 1 : 0)} %`;
}
