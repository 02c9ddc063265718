import { escapeHtml } from '@unroll/cli/charts';
import { formatNumber } from '@unroll/core';
import { textDifference, type DifferencePart, type JudgedTranslation } from '@unroll/translation';

/** For light and dark pages alike: what is coloured is see-through. */
const style = `<style>
.pairs { max-height: 70vh; overflow-y: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 4px 18px; margin-top: 12px; }
.pair { display: grid; grid-template-columns: 6.5em 1fr; gap: 3px 12px; margin: 0; padding: 10px 0; overflow-wrap: anywhere; } .pair + .pair { border-top: 1px solid var(--rule); }
.pair dt { color: var(--soft); font-size: 12px; padding-top: 3px; } .pair dd { margin: 0; } .pair small { color: var(--soft); font-variant-numeric: tabular-nums; }
.words del, .words ins, .pair del, .pair ins { text-decoration: none; border-radius: 3px; padding: 1px 3px; } .words del, .pair del { background: rgb(217 98 43 / .2); } .words ins, .pair ins { background: rgb(31 111 214 / .18); }
</style>`;

/** Sources, references and translations below each other; what parts a translation from its reference in colour. */
export function translationsHtml(sentences: readonly JudgedTranslation[], total: number): string {
  const count =
    sentences.length < total
      ? `The first ${formatNumber(sentences.length)} of ${formatNumber(total)}.`
      : `All ${formatNumber(total)}.`;
  const words = `<p class="words">${count} <del>Orange</del> is what a translation lacks of its reference, <ins>blue</ins> what it has instead or besides.</p>`;
  return `${style}${words}<div class="pairs">${sentences.map(pairHtml).join('\n')}</div>`;
}

function pairHtml({ line, source, references, hypothesis, bleu, chrf, ter }: JudgedTranslation): string {
  const difference = textDifference(references[0]!, hypothesis);
  const rows: [string, string][] = [
    ...(source === undefined ? [] : [['source', escapeHtml(source)] satisfies [string, string]]),
    ['reference', marked(difference, { missing: 'del' })],
    ['translation', marked(difference, { added: 'ins' })],
  ];
  const scores = `<small>chrF ${chrf.toFixed(1)} · BLEU ${bleu.toFixed(1)} · TER ${ter.toFixed(1)}</small>`;
  const cells = rows.map(([name, html]) => `<dt>${name}</dt><dd dir="auto">${html}</dd>`);
  return `<dl class="pair"><dt>line ${line}</dt><dd>${scores}</dd>${cells.join('')}</dl>`;
}

/** One side of a difference; its own parts in the element that is named for them. */
function marked(
  parts: readonly DifferencePart[],
  elements: { readonly missing?: 'del'; readonly added?: 'ins' },
): string {
  return parts
    .flatMap(({ kind, words }) => {
      const text = escapeHtml(words.join(' '));
      if (kind === 'same') return [text];
      const element = elements[kind];
      return element === undefined ? [] : [`<${element}>${text}</${element}>`];
    })
    .join(' ');
}
