/** Style of the report: one set of colours for light and one for dark, chosen by the reader's system. */
export const reportStyle = `
:root { color-scheme: light dark; --page: #fbfbfa; --card: #fff; --ink: #1d2229; --soft: #656d78; --rule: #e3e5e8; --s0: #1f6fd6; --s1: #d9622b; --s2: #2b9a66; --quote: #f4f5f7; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1c2026; --ink: #e6e9ee; --soft: #98a1ad; --rule: #2d333b; --s0: #6ca8ff; --s1: #ff9a63; --s2: #5ccf97; --quote: #22272e; } }
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
.legend { float: right; font-weight: 400; font-size: 13px; color: var(--soft); } .legend i { display: inline-block; width: 14px; height: 3px; margin: 0 6px 4px 12px; border-radius: 2px; background: var(--c); vertical-align: middle; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--rule); } .axis { stroke: var(--soft); } .cursor { stroke: var(--soft); stroke-dasharray: 3 3; visibility: hidden; }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); }
.series { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; } .dot { fill: var(--c); }
.chart output { position: absolute; right: 18px; bottom: 44px; font-size: 12px; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: 2px 8px; font-variant-numeric: tabular-nums; } .chart output:empty { display: none; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: 4px 24px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; } th { font-weight: 600; }
.scroll { overflow-x: auto; }
blockquote { margin: 0 0 16px; background: var(--quote); border-radius: 10px; padding: 14px 18px; white-space: pre-wrap; overflow-wrap: anywhere; font: 15px/1.6 Georgia, 'Times New Roman', 'DejaVu Serif', serif; } blockquote footer { font: 13px system-ui, 'DejaVu Sans', sans-serif; color: var(--soft); margin-bottom: 8px; }
pre { background: var(--quote); border-radius: 10px; padding: 12px 16px; overflow-x: auto; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; margin: 0; }
details summary { cursor: pointer; font-size: 17px; font-weight: 600; margin: 40px 0 12px; }
@media print { body { background: #fff; } .chart, .card { break-inside: avoid; } }
`;

/** Shows the values under the pointer; without it the page loses nothing else. */
export const reportScript = `
for (const svg of document.querySelectorAll('.chart svg')) {
  const curves = JSON.parse(svg.dataset.curves), cursor = svg.querySelector('.cursor'), note = svg.parentElement.querySelector('output');
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect(), at = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const nearest = curves.map((curve) => curve.points.reduce((a, b) => (Math.abs(b[2] - at) < Math.abs(a[2] - at) ? b : a)));
    cursor.setAttribute('x1', nearest[0][2]); cursor.setAttribute('x2', nearest[0][2]); cursor.style.visibility = 'visible';
    note.textContent = nearest.map((point, i) => 'step ' + point[0] + ': ' + (curves.length > 1 ? curves[i].name + ' ' : '') + point[1]).join(' · ');
  });
  svg.addEventListener('pointerleave', () => { cursor.style.visibility = 'hidden'; note.textContent = ''; });
}
`;
