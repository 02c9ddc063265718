import { escapeHtml } from './escape.js';
import { colourDeclarations, darkColours, lightColours } from '../charts/colours.js';

/** Style of the report: one set of colours for light and one for dark, chosen by the reader's system. */
const reportStyle = `
:root { color-scheme: light dark; ${colourDeclarations(lightColours)} }
@media (prefers-color-scheme: dark) { :root { ${colourDeclarations(darkColours)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 40px 0 12px; }
p { margin: 0 0 4px; } .soft, figcaption small { color: var(--soft); font-weight: 400; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; margin: 24px 0 0; }
.card, .chart { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.card { padding: 12px 16px; } .card b { display: block; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; } .card span { color: var(--soft); font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; }
.chart { margin: 0; padding: 14px 16px 8px; position: relative; } figcaption { font-weight: 600; }
svg { display: block; width: 100%; height: auto; } svg text { font-variant-numeric: tabular-nums; }
.pictures { display: grid; gap: 16px; margin: 16px 0 0; } .pictures:empty { display: none; } .caption { margin-top: 16px; }
.heat-maps { display: flex; flex-wrap: wrap; gap: 16px; margin: 16px 0 0; } .heat-map { margin: 0; padding: 14px 16px; max-width: 100%; overflow-x: auto; } .heat-map svg { width: auto; max-width: none; margin-top: 8px; }
.cursor { stroke: var(--soft); stroke-dasharray: 3 3; visibility: hidden; }
.chart output { position: absolute; right: 18px; top: 12px; font-size: 12px; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: 2px 8px; font-variant-numeric: tabular-nums; } .chart output:empty { display: none; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: 4px 24px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; } th { font-weight: 600; }
.scroll { overflow-x: auto; }
.matrix td, .matrix th { padding: 3px 8px; border: 0; text-align: right; font-size: 12px; white-space: nowrap; }
.matrix td { min-width: 34px; background: rgb(31 111 214 / var(--a, 0)); border-radius: 3px; } .matrix td.miss { background: rgb(217 98 43 / var(--a, 0)); }
.matrix thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: 8px 3px; } .matrix thead th:first-child { writing-mode: initial; transform: none; vertical-align: bottom; color: var(--soft); font-weight: 400; }
blockquote { margin: 0 0 16px; background: var(--quote); border-radius: 10px; padding: 14px 18px; white-space: pre-wrap; overflow-wrap: anywhere; font: 15px/1.6 Georgia, 'Times New Roman', 'DejaVu Serif', serif; } blockquote footer { font: 13px system-ui, 'DejaVu Sans', sans-serif; color: var(--soft); margin-bottom: 8px; }
pre { background: var(--quote); border-radius: 10px; padding: 12px 16px; overflow-x: auto; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; margin: 0; }
details summary { cursor: pointer; font-size: 17px; font-weight: 600; margin: 40px 0 12px; }
@media print { body { background: #fff; } .chart, .card { break-inside: avoid; } }
`;

/** Shows the values under the pointer; without it the page loses nothing else. */
const reportScript = `
for (const svg of document.querySelectorAll('.chart svg')) {
  const curves = JSON.parse(svg.dataset.curves), cursor = svg.querySelector('.cursor'), note = svg.parentElement.querySelector('output');
  if (curves.length === 0) continue;
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect(), at = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const close = curves.map((curve) => curve.points.reduce((a, b) => (Math.abs(b[2] - at) < Math.abs(a[2] - at) ? b : a)));
    const first = close.reduce((a, b) => (Math.abs(b[2] - at) < Math.abs(a[2] - at) ? b : a)), x = first[2];
    cursor.setAttribute('x1', x); cursor.setAttribute('x2', x); cursor.style.visibility = 'visible';
    note.textContent = first[0] + ': ' + close.flatMap((point, i) => (point[0] === first[0] ? [(curves.length > 1 ? curves[i].name + ' ' : '') + point[1]] : [])).join(' · ');
  });
  svg.addEventListener('pointerleave', () => { cursor.style.visibility = 'hidden'; note.textContent = ''; });
}
`;

/** A whole page that needs nothing beside it. @param body - HTML */
export function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${reportStyle}</style></head>
<body><main>${body}</main><script>${reportScript}</script></body></html>
`;
}
