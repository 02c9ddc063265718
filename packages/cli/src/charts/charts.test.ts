import type { Chart, ChartPoint } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import {
  chartFigure,
  chartPage,
  chartSvg,
  darkColours,
  drawChart,
  heatMapSvg,
  lightColours,
  svgToPng,
} from './index.js';

function lineOf(points: readonly ChartPoint[], y: Chart['y']['kind'] = 'number'): Chart {
  return {
    title: 'Loss',
    x: { kind: 'number', name: 'steps' },
    y: { kind: y, name: 'nats' },
    layers: [{ kind: 'line', name: 'training loss', points }],
  };
}

/** Places of the points of the first layer, in pixels. */
function places(chart: Chart): readonly (readonly [number, number])[] {
  return drawChart(chart)!.curves[0]!.points.map(([, , left, top]) => [left, top] as const);
}

test('higher values are drawn higher, later steps further right, all inside the plot', () => {
  const [first, second, third] = places(
    lineOf([
      [0, 3],
      [10, 1],
      [20, 2],
    ]),
  );
  expect(first![0]).toBeLessThan(second![0]);
  expect(second![0]).toBeLessThan(third![0]);
  expect(second![1]).toBeGreaterThan(third![1]);
  expect(third![1]).toBeGreaterThan(first![1]);
  for (const [left, top] of [first!, second!, third!]) {
    expect(left).toBeGreaterThanOrEqual(20);
    expect(left).toBeLessThanOrEqual(745);
    expect(top).toBeGreaterThanOrEqual(40);
    expect(top).toBeLessThanOrEqual(320);
  }
});

test('a logarithmic axis gives equal room to equal ratios', () => {
  const [a, b, c] = places(
    lineOf(
      [
        [1, 1000],
        [2, 1],
        [3, 10],
      ],
      'logarithm',
    ),
  ).map(([, top]) => top);
  expect(b! - c!).toBeCloseTo((b! - a!) / 3, 0);
});

test('one point and equal values can be drawn, and what is not known interrupts the line', () => {
  const draw = (points: readonly ChartPoint[]) => drawChart(lineOf(points))!.svg;
  expect(draw([[5, 2]])).toContain('<path');
  const flat = draw([
    [1, 0],
    [2, 0],
  ]);
  expect(flat).not.toContain('NaN');
  const stroke = /d="([^"]+)"[^>]*stroke="var\(--s0\)"/;
  const many = Array.from({ length: 40 }, (_, i): ChartPoint => [i, i === 20 ? null : i % 7]);
  expect(stroke.exec(draw(many))![1]!.match(/M/g)).toHaveLength(2);
});

test('nothing to draw is nothing', () => {
  expect(drawChart(lineOf([]))).toBeUndefined();
  expect(drawChart(lineOf([[1, null]]))).toBeUndefined();
  expect(chartFigure(lineOf([[1, Number.NaN]]))).toBe('');
  expect(chartSvg({ ...lineOf([]), layers: [{ kind: 'mark', name: 'now', at: 3 }] })).toBeUndefined();
});

describe('every kind of layer', () => {
  const time = (day: number) => Date.UTC(2024, 0, 1 + day);
  const days = Array.from({ length: 20 }, (_, i) => i);
  const chart: Chart = {
    title: '<script>alert(1)</script> & "quotes"',
    x: { kind: 'time' },
    y: { kind: 'number' },
    layers: [
      { kind: 'band', name: '80 %', colour: 0, points: days.map((i) => [time(i), i - 2, i + 3]) },
      { kind: 'line', name: 'actual', colour: 'ink', points: days.map((i) => [time(i), i]) },
      { kind: 'dashes', name: '</svg><i>', colour: 1, points: days.map((i) => [time(i), i + 1]) },
      { kind: 'dots', name: 'anomaly', colour: 5, points: [[time(3), 7]] },
      { kind: 'mark', name: 'origin', colour: 'soft', at: time(10) },
    ],
  };

  test('is in the drawing, whose text is text', () => {
    const svg = chartSvg(chart)!;
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('<i>');
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;');
    expect(svg).toContain('>origin</text>');
    expect(svg).toContain('stroke-dasharray="5,4"');
    expect(svg).toContain(lightColours.s5);
    expect(svg).not.toContain('var(');
  });

  test('a band lies between its edges', () => {
    const band = /d="([^"]+)"[^>]*fill="var\(--s0\)"[^>]*fill-opacity="0.2"/.exec(drawChart(chart)!.svg);
    const tops = Array.from(band![1]!.matchAll(/[ML]?[\d.]+ ([\d.]+)/g), ([, top]) => Number(top));
    const [actual] = drawChart(chart)!.curves;
    const pixelsPerUnit = (actual!.points[0]![3] - actual!.points[19]![3]) / 19;
    expect(Math.max(...tops)).toBeCloseTo(actual!.points[0]![3] + 2 * pixelsPerUnit, 0);
    expect(Math.min(...tops)).toBeCloseTo(actual!.points[19]![3] - 3 * pixelsPerUnit, 0);
  });

  test('bars stand on categories', () => {
    const points = [
      ['naive', 3],
      ['theta', 1],
    ] as const;
    const bars = {
      ...chart,
      x: { kind: 'category' } as const,
      layers: [{ kind: 'bars', name: 'mse', points }] as const,
    };
    expect(drawChart(bars)!.svg).toMatch(/>naive<.*>theta</s);
  });

  test('an image is a PNG of twice the size, with letters though no font is installed', () => {
    const png = Buffer.from(svgToPng(chartSvg(chart, { width: 300, height: 200 })!));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([600, 400]);
    const bare = Buffer.from(svgToPng(chartSvg({ ...chart, title: '' }, { width: 300, height: 200 })!));
    expect(png.length).toBeGreaterThan(bare.length + 500);
  });
});

test('each colour has a dark twin', () => {
  expect(Object.keys(darkColours)).toEqual(Object.keys(lightColours));
});

describe('heat maps', () => {
  const map = {
    title: 'Ann & Bo',
    rows: ['ein', '<b>'],
    columns: ['a', 'very long token'],
    values: [
      [0.25, 0.75],
      [1, 0.001],
    ],
  };
  const svg = heatMapSvg([map]);

  test('a cell for each row and column, the stronger the larger, nothing is no shade', () => {
    const shades = [...svg.matchAll(/fill="(#\w+)"(?: fill-opacity="([\d.]+)")?><title>([^<]*)</g)];
    expect(shades.map(([, colour, shade, told]) => [colour, shade, told])).toEqual([
      [lightColours.s0, '0.53', 'ein · a: 0.250'],
      [lightColours.s0, '0.87', 'ein · very long token: 0.750'],
      [lightColours.s0, '1.00', '&lt;b&gt; · a: 1.000'],
      [lightColours.quote, undefined, '&lt;b&gt; · very long token: 0.001'],
    ]);
    expect(svg).not.toContain('var(--');
  });

  test('every map is inside of the drawing, which grows with labels and maps', () => {
    const heightOf = (text: string) => Number(/height="(\d+)"/.exec(text)![1]);
    const [, y] = /<rect [^>]*y="(\d+)"[^>]*><title>&lt;b&gt; · very/.exec(svg)!;
    expect(Number(y) + 22).toBeLessThanOrEqual(heightOf(svg));
    expect(heightOf(heatMapSvg([map, map]))).toBe(2 * heightOf(svg) - 12);
    expect(heightOf(heatMapSvg([{ ...map, columns: ['a', 'b'] }]))).toBeLessThan(heightOf(svg) - 40);
  });

  test('as a PNG, and in a page as a figure of the section', () => {
    expect(Buffer.from(svgToPng(svg)).toString('latin1', 1, 4)).toBe('PNG');
    const section = { title: 'Attention', paragraphs: [], tables: [], pictures: [] };
    const page = chartPage('Page', [{ ...section, heatMaps: [{ name: 'a', caption: 'one', map }] }]);
    expect(page).toContain('<figcaption>Ann &amp; Bo <small>one</small></figcaption>');
    expect(page).toContain('fill="var(--s0)" fill-opacity="0.53"');
  });
});
