import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { curveMonotoneX, line } from 'd3-shape';
import type { Curve } from '@unroll/core';
import { escapeHtml } from './escape.js';

export interface ChartOptions {
  readonly title: string;
  /** of the vertical axis, for example `nats per token` */
  readonly unit: string;
  /** series without points are left out */
  readonly curves: readonly Curve[];
}

const size = { width: 560, height: 260 };
const margin = { top: 12, right: 16, bottom: 34, left: 58 };
const plot = {
  left: margin.left,
  right: size.width - margin.right,
  top: margin.top,
  bottom: size.height - margin.bottom,
};

/**
 * A line chart over training steps as an SVG figure. Its colours are CSS variables of the page, so that one drawing
 * serves a light and a dark page. Empty when no curve has a point.
 */
export function renderChart(options: ChartOptions): string {
  const curves = options.curves.filter((curve) => curve.points.length > 0);
  if (curves.length === 0) return '';
  const points = curves.flatMap((curve) => curve.points);
  const x = horizontalScale(points);
  const y = verticalScale(points.map(([, value]) => value));
  const path = line<readonly [number, number]>(
    ([step]) => x(step),
    ([, value]) => y(value),
  ).curve(curveMonotoneX);
  const lines = curves.map((curve, index) => {
    const [lastStep, lastValue] = curve.points.at(-1)!;
    const dots = curve.points.length > 30 ? [curve.points.at(-1)!] : curve.points;
    return `<path class="series s${index}" d="${path(curve.points) ?? ''}"/>${dots
      .map(
        ([step, value]) =>
          `<circle class="dot s${index}" cx="${fixed(x(step))}" cy="${fixed(y(value))}" r="${step === lastStep && value === lastValue ? 3.5 : 2}"/>`,
      )
      .join('')}`;
  });
  const label = `${options.title}: ${curves.map((curve) => `${curve.name} ends at ${tickText(curve.points.at(-1)![1])}`).join(', ')}`;
  const data = curves.map((curve) => ({
    name: curve.name,
    points: curve.points.map(([step, value]) => [step, value, x(step), y(value)].map(round)),
  }));
  return `<figure class="chart"><figcaption>${escapeHtml(options.title)} <small>${escapeHtml(options.unit)}</small>${legend(curves)}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(label)}" data-curves="${escapeHtml(JSON.stringify(data))}">
${verticalAxis(y)}${horizontalAxis(x)}${lines.join('')}<line class="cursor" y1="${plot.top}" y2="${plot.bottom}"/></svg><output></output></figure>`;
}

type Scale = ReturnType<typeof scaleLinear<number, number>> | ReturnType<typeof scaleLog<number, number>>;

function horizontalScale(points: readonly (readonly [number, number])[]): Scale {
  const [first = 0, last = 1] = extent(points, ([step]) => step);
  return scaleLinear([first === last ? first - 1 : Math.min(first, 0), last], [plot.left, plot.right]);
}

/** Logarithmic where values span two to five orders of magnitude; beyond that they fade to zero, which a line shows better. */
function verticalScale(values: readonly number[]): Scale {
  const [low = 0, high = 1] = extent(values);
  if (low > 0 && high / low > 100 && high / low < 1e5) return scaleLog([low, high], [plot.bottom, plot.top]).nice();
  const room = high === low ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.04;
  const bottom = low >= 0 ? Math.max(0, low - room) : low - room;
  return scaleLinear([bottom, high + room], [plot.bottom, plot.top]).nice(5);
}

function verticalAxis(y: Scale): string {
  const ticks = y.ticks(5).filter((_, index, all) => all.length <= 8 || index % Math.ceil(all.length / 8) === 0);
  const marks = ticks.map((tick) => {
    const at = fixed(y(tick));
    return `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}"/><text x="${plot.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${tickText(tick)}</text>`;
  });
  return marks.join('');
}

function horizontalAxis(x: Scale): string {
  const marks = x
    .ticks(6)
    .filter(Number.isInteger)
    .map((tick) => `<text x="${fixed(x(tick))}" y="${plot.bottom + 16}" text-anchor="middle">${tickText(tick)}</text>`);
  const base = `<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${plot.bottom}" y2="${plot.bottom}"/>`;
  return `${base}${marks.join('')}<text x="${plot.right}" y="${size.height - 3}" text-anchor="end">steps</text>`;
}

function legend(curves: readonly Curve[]): string {
  if (curves.length < 2) return '';
  return `<span class="legend">${curves.map((curve, index) => `<i class="s${index}"></i>${escapeHtml(curve.name)}`).join(' ')}</span>`;
}

/** `12k`, `0.25`, `1e-4`. */
function tickText(value: number): string {
  const magnitude = Math.abs(value);
  if (value === 0) return '0';
  if (magnitude >= 1e6) return `${shortest(value / 1e6)}M`;
  if (magnitude >= 1e4) return `${shortest(value / 1e3)}k`;
  if (magnitude < 1e-3) return value.toExponential(1).replace('.0', '');
  return shortest(value);
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
