import type { Chart, ChartAxis, ChartLayer } from '@unroll/core';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { optionOf } from './option.js';

use([
  LineChart,
  BarChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  TitleComponent,
  MarkLineComponent,
  SVGRenderer,
]);

export interface DrawingOptions {
  /** in pixels at scale 1; 760 × 340 unless set */
  readonly width?: number;
  readonly height?: number;
  /** true unless set: the title is a part of the drawing */
  readonly title?: boolean;
}

export interface Drawing {
  /** a whole SVG element; its colours are CSS variables */
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** what a pointer over the drawing may show: points with their places in it, by layer */
  readonly curves: readonly DrawnCurve[];
}

export interface DrawnCurve {
  readonly name: string;
  /** [shown x, value, pixels from the left, pixels from the top] */
  readonly points: readonly (readonly [string, number, number, number])[];
}

/** Draws a chart; `undefined` where no layer has a finite point. */
export function drawChart(chart: Chart, options: DrawingOptions = {}): Drawing | undefined {
  const { width = 760, height = 340, title = true } = options;
  const layers = chart.layers.filter(isDrawable);
  if (!layers.some(({ kind }) => kind !== 'mark')) return undefined;
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    canvas.setOption(optionOf({ ...chart, layers }, { width, title }));
    const place = (x: number | string, y: number): readonly number[] => canvas.convertToPixel({ gridIndex: 0 }, [x, y]);
    const curves = layers.flatMap((layer) => drawnCurve(layer, chart, place));
    return { svg: still(canvas.renderToSVGString({ useViewBox: true })), width, height, curves };
  } finally {
    canvas.dispose();
  }
}

/** Without the library's classes and styles for a pointer; text is escaped, so no quotes are its. */
function still(svg: string): string {
  return svg.replace(/<style.*?<\/style>\s*/gs, '').replace(/ (class="zr[^"]*"|pointer-events="visible")/g, '');
}

function isDrawable(layer: ChartLayer): boolean {
  return layer.kind === 'mark' || layer.points.some(([, y]) => Number.isFinite(y));
}

function drawnCurve(
  layer: ChartLayer,
  { x: axis }: Chart,
  place: (x: number | string, y: number) => readonly number[],
): DrawnCurve[] {
  if (layer.kind === 'mark' || layer.kind === 'band' || layer.name === '') return [];
  const points = layer.points.flatMap(([x, y]) => {
    if (y === null || !Number.isFinite(y)) return [];
    const [left = 0, top = 0] = place(x, y);
    return [[shownX(axis, x), round(y), round(left), round(top)] as const];
  });
  return [{ name: layer.name, points }];
}

/** `2024-03-01 12:00`, `steps 40` */
function shownX({ kind, name }: ChartAxis, x: number | string): string {
  if (kind === 'time') return new Date(x).toISOString().replace('T', ' ').slice(0, 16);
  return name === undefined ? String(x) : `${name} ${x}`;
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
