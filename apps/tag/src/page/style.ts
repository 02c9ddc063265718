import type { ReportSection } from '@unroll/core';

/**
 * Of tags in colour, for light and dark pages alike: what is coloured is see-through. `--h` is the hue of a type, `--p` how sure the
 * model is, `--a` a share.
 */
const tagStyle = `<style>
.legend { display: flex; flex-wrap: wrap; gap: 6px 10px; margin: 12px 0; font-size: 13px; }
.legend span { padding: 1px 8px; }
.sentences { max-height: 70vh; overflow-y: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 6px 18px; }
.sentence { margin: 0; padding: 9px 0; line-height: 2.15; overflow-wrap: anywhere; } .sentence + .sentence { border-top: 1px solid var(--rule); }
.sentence small, .note { color: var(--soft); font-size: 12px; } .sentence small { margin-right: 8px; font-variant-numeric: tabular-nums; }
.note { min-height: 1.6em; margin: 8px 0 0; }
.span { background: hsl(var(--h) 80% 52% / calc(.08 + .34 * var(--p, 1))); border-bottom: 2px solid hsl(var(--h) 65% 50%); border-radius: 4px 4px 2px 2px; padding: 2px 5px; }
.unsure { border-bottom-style: dashed; }
.span i { font: 600 10px system-ui, 'DejaVu Sans', sans-serif; color: var(--soft); margin-left: 5px; letter-spacing: .03em; }
.wrong { text-decoration: underline wavy var(--s1) 1.5px; text-underline-offset: 3px; }
.token { border-radius: 3px; } .token[data-a] { cursor: pointer; } .token[data-a]:hover, .token[data-a]:focus-visible { outline: 1px solid var(--soft); }
.token.chosen { outline: 2px solid var(--ink); } .token.lit { box-shadow: inset 0 0 0 2em rgb(255 176 32 / var(--a)); }
</style>`;

/** Chooses a word and shows what its tag rests on; without it the page loses nothing else. */
const tagScript = `<script>
for (const box of document.querySelectorAll('.sentences')) {
  const note = box.nextElementSibling;
  const choose = (token) => {
    const others = [...token.closest('.sentence').querySelectorAll('.token')], shares = token.dataset.a.split(' ').map(Number);
    for (const each of box.querySelectorAll('.chosen, .lit')) each.classList.remove('chosen', 'lit');
    token.classList.add('chosen');
    others.forEach((each, i) => { if (shares[i] > 0) { each.classList.add('lit'); each.style.setProperty('--a', Math.min(0.85, shares[i] / 60)); } });
    const best = shares.map((share, i) => [share, others[i].textContent]).filter(([share]) => share >= 2).sort((a, b) => b[0] - a[0]).slice(0, 6);
    note.textContent = token.title.split(' \\u00b7 ')[0] + ' of \\u201c' + token.textContent + '\\u201d rests on ' + best.map(([share, word]) => word + ' ' + share + ' %').join(', ');
  };
  for (const event of ['pointerover', 'focusin', 'click']) box.addEventListener(event, ({ target }) => {
    const token = target.closest('.token[data-a]');
    if (token) choose(token);
  });
}
</script>`;

/** The style before the first of the sections that need it, the script behind the last. */
export function withStyle(sections: readonly ReportSection[]): readonly ReportSection[] {
  const first = sections.findIndex(({ html }) => html !== undefined);
  const last = sections.findLastIndex(({ html }) => html !== undefined);
  return sections.map((section, i) => {
    if (section.html === undefined) return section;
    return { ...section, html: `${i === first ? tagStyle : ''}${section.html}${i === last ? tagScript : ''}` };
  });
}
