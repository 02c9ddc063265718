import { collectCurves, type RunReport, type TrainingEvent } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import { renderChart } from './chart.js';
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
    expect(html).not.toMatch(/<link|<img|@import|url\(|(src|href)=["']?(http|\/)/);
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

describe('a chart', () => {
  const draw = (points: readonly (readonly [number, number])[]) =>
    renderChart({ title: 'Loss', unit: 'nats', curves: [{ name: 'training loss', points }] });

  test('higher values are drawn higher, later steps further right, all inside the plot', () => {
    const svg = draw([
      [0, 3],
      [10, 1],
      [20, 2],
    ]);
    const dots = Array.from(svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g), (match) => match.slice(1).map(Number));
    const [first, second, third] = dots as [number[], number[], number[]];
    expect(first[0]!).toBeLessThan(second[0]!);
    expect(second[0]!).toBeLessThan(third[0]!);
    expect(second[1]!).toBeGreaterThan(third[1]!);
    expect(third[1]!).toBeGreaterThan(first[1]!);
    for (const [x, y] of dots) {
      expect(x!).toBeGreaterThanOrEqual(58);
      expect(x!).toBeLessThanOrEqual(544);
      expect(y!).toBeGreaterThanOrEqual(12);
      expect(y!).toBeLessThanOrEqual(226);
    }
  });

  test('one point, equal values and none at all can be drawn', () => {
    expect(draw([[5, 2]])).toContain('<circle');
    expect(
      draw([
        [1, 0],
        [2, 0],
      ]),
    ).not.toContain('NaN');
    expect(draw([])).toBe('');
  });

  test('values over many orders of magnitude get a logarithmic scale', () => {
    const svg = draw([
      [1, 1000],
      [2, 1],
      [3, 10],
    ]);
    const heights = Array.from(svg.matchAll(/cy="([\d.]+)"/g), ([, y]) => Number(y));
    expect(heights[1]! - heights[2]!).toBeCloseTo((heights[1]! - heights[0]!) / 3, 0);
  });
});
