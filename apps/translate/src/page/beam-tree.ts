import { escapeHtml } from '@unroll/cli/charts';
import type { ReportSection } from '@unroll/core';
import type { BeamNode, BeamTrace } from '@unroll/translation';
import { visibleToken } from '../attention-files.js';

const row = 30;
const gap = 34;
const letter = 7.6;

/** For light and dark pages alike. */
const style = `<style>
.tree { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; overflow-x: auto; padding: 12px; margin-top: 12px; }
.tree svg { width: auto; max-width: none; font: 12px system-ui, 'DejaVu Sans', sans-serif; }
.tree path { fill: none; stroke: var(--soft); stroke-width: 1; opacity: .55; } .tree rect { fill: rgb(31 111 214 / var(--p, 0)); stroke: var(--soft); } .tree text { fill: var(--ink); }
.tree .pruned { opacity: .5; } .tree .pruned rect { stroke-dasharray: 3 3; }
.tree path.best { stroke: var(--s0); stroke-width: 2.5; opacity: 1; } .tree .best rect { stroke: var(--s0); stroke-width: 2; }
.tree .finished rect { stroke: var(--s2); stroke-width: 2; } .tree .cut rect { stroke: var(--s1); stroke-width: 2; }
.tree .lit rect { stroke: var(--ink); stroke-width: 2; } .tree path.lit { stroke: var(--ink); stroke-width: 2; opacity: 1; } .tree [data-id] { cursor: default; }
.tree-note { min-height: 1.6em; color: var(--soft); margin: 8px 0 0; } .no-pruned:checked ~ .tree .pruned { display: none; }
</style>`;

/** Shows the way to the token under the pointer; without it the page loses nothing else. */
const script = `<script>
for (const tree of document.querySelectorAll('.tree')) {
  const note = tree.nextElementSibling;
  for (const event of ['pointerover', 'focusin']) tree.addEventListener(event, ({ target }) => {
    const chosen = target.closest('g[data-id]');
    if (!chosen) return;
    for (const each of tree.querySelectorAll('.lit')) each.classList.remove('lit');
    const words = [];
    for (let id = chosen.dataset.id; id !== undefined; ) {
      const node = tree.querySelector('g[data-id="' + id + '"]');
      for (const each of tree.querySelectorAll('[data-id="' + id + '"]')) each.classList.add('lit');
      words.unshift(node.querySelector('text').textContent);
      id = node.dataset.parent;
    }
    note.textContent = words.join(' ') + ' \\u00b7 ' + chosen.querySelector('title').textContent;
  });
}
</script>`;

/** How a beam search went: every token that it kept or next to kept, step by step, and what came of it. */
export function beamTreeSections({ translation, nodes }: BeamTrace): readonly ReportSection[] {
  const steps = nodes.at(-1)?.step ?? 0;
  const kept = nodes.filter(({ fate }) => fate !== 'pruned').length;
  const rows = translation.hypotheses.map(({ text, logProbability, score, finished }, i) => {
    return [
      String(i + 1),
      text,
      logProbability.toFixed(3),
      score.toFixed(3),
      finished ? '' : 'cut by the limit of length',
    ];
  });
  const words = `${kept} tokens were kept in ${steps} steps, ${nodes.length - kept} were the next best. The stronger the blue, the more probable the token after those before it; thick lines lead to the best translation, green ends it, orange ends by the limit of length, dashes found no place in the beam. Point at a token to see its way.`;
  const html = `${style}<input type="checkbox" class="no-pruned" id="no-pruned"><label for="no-pruned"> hide what found no place</label>${treeSvg(nodes, translation.hypotheses[0]?.logProbability)}<p class="tree-note"></p>${script}`;
  return [
    {
      title: 'Translations',
      paragraphs: [translation.source],
      tables: [{ head: ['', 'translation', 'log p', 'score', ''], rows }],
      pictures: [],
    },
    { title: 'Search', paragraphs: [words], tables: [], pictures: [], html },
  ];
}

/** A column a step, the more probable the higher; lines from each token to those that continue it. */
export function treeSvg(nodes: readonly BeamNode[], bestLogProbability: number | undefined): string {
  const columns = columnsOf(nodes);
  const best = pathTo(nodes, bestLogProbability);
  const places = placesOf(columns);
  const height = Math.max(1, ...columns.map(({ length }) => length)) * row + 16;
  const width = gap + columns.reduce((sum, column) => sum + widthOf(column) + gap, 0);
  const edges = nodes.map((node) => {
    const to = places.get(node.id)!;
    const from = node.parent === undefined ? { x: 4, right: 8, y: 8 + row / 2 } : places.get(node.parent)!;
    const middle = (from.right + to.x) / 2;
    const kind = classOf(node, best);
    return `<path data-id="${node.id}" class="${kind}" d="M${from.right} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}"/>`;
  });
  const boxes = nodes.map((node) => boxOf(node, places.get(node.id)!, classOf(node, best)));
  return `<div class="tree"><svg width="${Math.ceil(width)}" height="${height}" viewBox="0 0 ${Math.ceil(width)} ${height}">${edges.join('')}${boxes.join('')}</svg></div>`;
}

interface Place {
  readonly x: number;
  readonly right: number;
  readonly y: number;
}

/** `[step][place in the step]` */
function columnsOf(nodes: readonly BeamNode[]): readonly (readonly BeamNode[])[] {
  const columns: BeamNode[][] = [];
  for (const node of nodes) (columns[node.step - 1] ??= []).push(node);
  return columns;
}

function placesOf(columns: readonly (readonly BeamNode[])[]): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  let x = gap;
  for (const column of columns) {
    const width = widthOf(column);
    column.forEach(({ id }, i) => places.set(id, { x, right: x + width, y: 8 + i * row + row / 2 }));
    x += width + gap;
  }
  return places;
}

function widthOf(column: readonly BeamNode[]): number {
  const longest = Math.max(...column.map(({ token }) => Array.from(visibleToken(token)).length));
  return Math.max(28, longest * letter + 14);
}

/** Numbers of the nodes from the first token to the end of the best translation. */
function pathTo(nodes: readonly BeamNode[], logProbability: number | undefined): ReadonlySet<number> {
  const path = new Set<number>();
  let node = nodes.find((each) => isEnd(each) && each.logProbability === logProbability);
  while (node) {
    path.add(node.id);
    node = node.parent === undefined ? undefined : nodes[node.parent];
  }
  return path;
}

function isEnd({ fate }: BeamNode): boolean {
  return fate === 'finished' || fate === 'cut';
}

function classOf({ id, fate }: BeamNode, best: ReadonlySet<number>): string {
  return best.has(id) ? `${fate} best` : fate;
}

function boxOf(node: BeamNode, { x, right, y }: Place, kind: string): string {
  const { id, parent, token, tokenLogProbability, logProbability, score } = node;
  const p = Math.exp(tokenLogProbability);
  const told = `p = ${p.toPrecision(3)}, log p of all = ${logProbability.toFixed(3)}, score ${score.toFixed(3)}, ${fates[node.fate]}`;
  const from = parent === undefined ? '' : ` data-parent="${parent}"`;
  const box = `<rect x="${x}" y="${y - 11}" width="${right - x}" height="22" rx="5" style="--p:${(0.5 * p).toFixed(2)}"/>`;
  const text = `<text x="${(x + right) / 2}" y="${y + 4}" text-anchor="middle">${escapeHtml(visibleToken(token))}</text>`;
  return `<g data-id="${id}"${from} class="${kind}" tabindex="0"><title>${escapeHtml(told)}</title>${box}${text}</g>`;
}

const fates: Readonly<Record<BeamNode['fate'], string>> = {
  kept: 'kept',
  finished: 'ended',
  cut: 'ended by the limit of length',
  pruned: 'found no place in the beam',
};
