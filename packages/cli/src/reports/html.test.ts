import { collectCurves, type Chart, type RunReport, type TrainingEvent } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import { renderHtml } from './html.js';

const steps = Array.from({ length: 40 }, (_, i): TrainingEvent => {
  const [step, loss] = [i + 1, 4 / (i + 1)];
  return { type: 'step', step, epoch: 0, elapsedMs: 10 * step, loss, tokens: 8, learningRate: 1, gradientNorm: 1 };
});
const report: RunReport = {
  title: 'language-modeling on <tale>',
  command: `unroll-lm train --data '</script>&amp;'`,
  finishedAt: '2030-01-02T03:04:05.000Z',
  outcome: 'Training is complete.',
  elapsedSeconds: 3,
  peakMemoryBytes: 2 ** 20,
  steps: 40,
  epochs: 1,
  parameterCount: 10,
  summary: 'a summary',
  scores: { valid: { lossNats: 1.25, count: 90, bitsPerCharacter: 1.8034 } },
  curves: collectCurves(steps, 'bitsPerCharacter'),
  samples: [{ caption: 'after 40 steps', text: '<img src=x onerror=alert(1)> "quoted"' }],
  config: { note: '</script><script>' },
  environment: { engine: 'cpu' },
};

describe('report.html', () => {
  const html = renderHtml(report);

  test('needs nothing beside it', () => {
    expect(html).not.toMatch(/<link|<img|@import|url\((?!#)|(src|href)=["']?(http|\/)/);
  });

  test('shows where the time of a step went, if that was measured', () => {
    expect(html).not.toContain('<h2>Profile</h2>');
    const row = { callsPerStep: 1, msPerStep: 2, share: 1, operationsPerStep: 0, bytesPerStep: 0, rate: null };
    const stepMs = { mean: 2, minimum: 2, maximum: 2 };
    const rows = [{ kind: 'kernel', name: '<Sum>', ...row }] as const;
    const profiled = renderHtml({ ...report, profile: { steps: 1, stepsBefore: 3, stepMs, rows, lostSpans: 0 } });
    expect(profiled).toContain('<h2>Profile</h2>');
    expect(profiled).toContain('<tr><td>&lt;Sum&gt;</td><td>1</td><td>2.000</td><td>100.0 %</td>');
  });

  test("the task's own sections come with words, tables and pictures", () => {
    const points = [
      [0, 3],
      [1, 7],
    ] as const;
    const chart: Chart = {
      title: 'Fan of <b>',
      x: { kind: 'number' },
      y: { kind: 'number' },
      layers: [{ kind: 'line', name: '<i>actual</i>', points }],
    };
    const section = {
      title: 'Back<test>',
      paragraphs: ['It <beats> naive.', 'REF: a  <b>\nHYP: a  c'],
      tables: [{ head: ['model'], rows: [['<naive>']] }],
      pictures: [{ name: 'fan', caption: '"last" origin', chart }],
      html: '<em>for pages</em>',
    };
    const shown = renderHtml({ ...report, sections: [section] });
    expect(shown).toContain(
      '<h2>Back&lt;test&gt;</h2><p>It &lt;beats&gt; naive.</p><pre>REF: a  &lt;b&gt;\nHYP: a  c</pre>',
    );
    expect(shown).toContain('<td>&lt;naive&gt;</td>');
    expect(shown).toContain('<figcaption>Fan of &lt;b&gt; <small>&quot;last&quot; origin</small></figcaption>');
    expect(shown).not.toMatch(/<(beats|naive|test|i|b)>(?!\d)/);
    expect(shown.match(/<svg/g)).toHaveLength(5);
    expect(shown).toContain('</figure></div><em>for pages</em>');
  });

  test('shows text as text: nothing of a run becomes markup', () => {
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &quot;quoted&quot;');
    expect(html).toContain('language-modeling on &lt;tale&gt;');
    expect(html.match(/<script>/g)).toHaveLength(1);
    expect(html.match(/<\/script>/g)).toHaveLength(1);
  });

  test('has a chart for each curve with points, and the scores', () => {
    expect(html.match(/<svg/g)).toHaveLength(4); // loss, learning rate, speed, gradient norm: nothing was evaluated
    expect(html).toContain('valid bits per character');
    expect(html).toContain('1.803');
  });
});
