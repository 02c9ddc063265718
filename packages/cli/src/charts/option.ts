import type { Chart, ChartAxis, ChartLayer } from '@unroll/core';
import type { EChartsCoreOption } from 'echarts/core';
import { colourVariable } from './colours.js';

/** The option object of ECharts for layers that all have something to show. */
export function optionOf(chart: Chart, { width, title }: { width: number; title: boolean }): EChartsCoreOption {
  const named = chart.layers.filter(({ kind, name }) => kind !== 'mark' && name !== '');
  const legend = named.length > 1;
  const axisName = chart.y.name ?? '';
  const head = (title ? 30 : 0) + (legend ? 24 : 0) + (axisName === '' ? 0 : 18);
  const categories = chart.layers.flatMap((layer) =>
    layer.kind === 'mark' ? [] : layer.points.map(([x]) => String(x)),
  );
  return {
    animation: false,
    useUTC: true,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: "system-ui, 'DejaVu Sans', sans-serif" },
    ...(title && {
      title: {
        text: chart.title,
        left: 8,
        top: 6,
        textStyle: { fontSize: 14, fontWeight: 'bold', color: 'var(--ink)', width: width - 20, overflow: 'truncate' },
      },
    }),
    legend: {
      show: legend,
      left: 8,
      top: title ? 30 : 0,
      itemWidth: 16,
      itemHeight: 8,
      itemGap: 16,
      textStyle: { color: 'var(--soft)', fontSize: 12 },
      data: named.map((layer) => ({ name: layer.name, icon: layer.kind === 'dots' ? 'circle' : 'roundRect' })),
    },
    grid: {
      left: 12,
      right: 20,
      top: head + 10,
      bottom: chart.x.name === undefined ? 8 : 24,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: { ...axisOption(chart.x), ...categoryOption(chart.x, categories), splitLine: { show: false } },
    yAxis: {
      ...axisOption(chart.y),
      nameLocation: 'end',
      nameGap: 12,
      nameTextStyle: { color: 'var(--soft)', fontSize: 12, align: 'left' },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    series: chart.layers.flatMap((layer, index) => seriesOf(layer, index)),
  };
}

function axisOption({ kind, name = '' }: ChartAxis): Record<string, unknown> {
  return {
    type: { number: 'value', time: 'time', logarithm: 'log', category: 'category' }[kind],
    scale: true,
    name,
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: 'var(--soft)', fontSize: 12 },
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--soft)' } },
    axisTick: { show: true, lineStyle: { color: 'var(--soft)' } },
    minorTick: { show: false },
    axisLabel: {
      color: 'var(--soft)',
      fontSize: 12,
      hideOverlap: true,
      ...((kind === 'number' || kind === 'logarithm') && { formatter: tickText }),
      ...(kind === 'time' && { formatter: timeTicks }),
    },
    splitLine: { show: true, lineStyle: { color: 'var(--rule)' } },
  };
}

function categoryOption({ kind }: ChartAxis, names: readonly string[]): Record<string, unknown> {
  return kind === 'category' ? { data: [...new Set(names)] } : {};
}

function seriesOf(layer: ChartLayer, index: number): Record<string, unknown>[] {
  const colour = colourVariable(layer.colour ?? index);
  const common = { name: layer.name, silent: true, animation: false };
  switch (layer.kind) {
    case 'line':
    case 'dashes':
      return [
        {
          ...common,
          type: 'line',
          data: layer.points.map(([x, y]) => [x, finite(y)]),
          showSymbol: layer.points.length <= 15,
          symbol: 'circle',
          symbolSize: 4,
          z: 3,
          itemStyle: { color: colour },
          lineStyle: { color: colour, width: 1.8, ...(layer.kind === 'dashes' && { type: [5, 4] }) },
        },
      ];
    case 'dots':
      return [
        { ...common, type: 'scatter', data: [...layer.points], symbolSize: 6, z: 4, itemStyle: { color: colour } },
      ];
    case 'bars':
      return [{ ...common, type: 'bar', data: [...layer.points], barCategoryGap: '25%', itemStyle: { color: colour } }];
    case 'band':
      return bandSeries(layer, index, colour);
    case 'mark':
      return [markSeries(layer, colour)];
  }
}

/** An invisible line at the lower edge and, stacked upon it, one whose area down to it is filled. */
function bandSeries(
  { name, points }: Extract<ChartLayer, { kind: 'band' }>,
  index: number,
  colour: string,
): Record<string, unknown>[] {
  const edge = {
    type: 'line',
    stack: `band ${index}`,
    stackStrategy: 'all',
    silent: true,
    showSymbol: false,
    lineStyle: { opacity: 0 },
    z: 2,
  };
  const low = points.map(([x, low, high]) => [x, low === null || high === null ? '-' : low]);
  const width = points.map(([x, low, high]) => [x, low === null || high === null ? '-' : high - low]);
  return [
    { ...edge, name: `\u0000${index}`, data: low },
    {
      ...edge,
      name,
      data: width,
      itemStyle: { color: colour, opacity: 0.45 },
      areaStyle: { color: colour, opacity: 0.2 },
    },
  ];
}

function markSeries({ name, at }: Extract<ChartLayer, { kind: 'mark' }>, colour: string): Record<string, unknown> {
  return {
    type: 'line',
    data: [],
    silent: true,
    markLine: {
      silent: true,
      animation: false,
      symbol: 'none',
      data: [{ xAxis: at }],
      lineStyle: { color: colour, type: [2, 3], width: 1 },
      label: {
        show: name !== '',
        formatter: name,
        position: 'insideEndTop',
        rotate: 0,
        color: 'var(--soft)',
        fontSize: 11,
      },
    },
  };
}

function finite(value: number | null): number | '-' {
  return value === null || !Number.isFinite(value) ? '-' : value;
}

/** The library's own say `17` for a day of some month. */
const timeTicks = {
  year: '{yyyy}',
  month: '{MMM} {yyyy}',
  day: '{d} {MMM}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
  second: '{HH}:{mm}:{ss}',
  millisecond: '{HH}:{mm}:{ss}.{SSS}',
};

/** `120k`, `0.25`, `1e-4`. */
export function tickText(value: number): string {
  const magnitude = Math.abs(value);
  if (value === 0) return '0';
  if (magnitude >= 1e9 || magnitude < 1e-3) return value.toExponential(1).replace('.0', '').replace('e+', 'e');
  if (magnitude >= 1e6) return `${shortest(value / 1e6)}M`;
  if (magnitude >= 1e5) return `${shortest(value / 1e3)}k`;
  return shortest(value);
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(4)));
}
