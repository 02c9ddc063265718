import { dimensions, exactly, filled, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

const product = (sizes: readonly number[]) => sizes.reduce((all, n) => all * n, 1);

interface Axis {
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly outputs: number;
}

/** An axis and windows that fit it. */
function drawAxis(draw: Draw, usual: number, mostDilation: number): Axis {
  const [taps, stride] = [1 + draw.size(2, 4), 1 + draw.size(1, 2)];
  const dilation = mostDilation > 1 ? draw.oneOf(2, 1, mostDilation) : 1;
  const reach = (taps - 1) * dilation;
  const [before, after] = [Math.min(reach, draw.size(1, 3)), Math.min(reach, draw.size(2, 3))];
  const size = Math.max(1 + reach - before - after, 1 + draw.size(usual, 30));
  const outputs = Math.floor((size + before + after - reach - 1) / stride) + 1;
  return { size, taps, stride, dilation, before, after, outputs };
}

interface DrawnConvolution {
  readonly sizes: readonly Argument[];
  readonly x: number;
  readonly filter: number;
  readonly y: number;
}

function drawConvolution(draw: Draw, mostDilation: number): DrawnConvolution {
  const [rows, columns] = [drawAxis(draw, 9, mostDilation), drawAxis(draw, 11, mostDilation)];
  const [batch, channels, filters] = [draw.size(2, 4), draw.size(3, 9), draw.size(5, 40)];
  const x = [batch, rows.size, columns.size, channels];
  const filter = [rows.taps, columns.taps, channels, filters];
  const y = [batch, rows.outputs, columns.outputs, filters];
  const steps = [
    [rows.stride, columns.stride],
    [rows.dilation, columns.dilation],
    [rows.before, rows.after, columns.before, columns.after],
  ];
  return {
    sizes: [x, filter, y, ...steps].map(dimensions),
    x: product(x),
    filter: product(filter),
    y: product(y),
  };
}

/** The functions of convolutions. */
export const convolutionCalls: Calls = {
  convolve: (draw) => {
    const { sizes, x, filter, y } = drawConvolution(draw, 3);
    return [...sizes, exactly(draw.floats(x)), exactly(draw.floats(filter)), filled(y)];
  },
  convolutionInputGradient: (draw) => {
    const { sizes, x, filter, y } = drawConvolution(draw, 1);
    return [...sizes, exactly(draw.floats(y)), exactly(draw.floats(filter)), filled(x)];
  },
  convolutionFilterGradient: (draw) => {
    const { sizes, x, filter, y } = drawConvolution(draw, 1);
    return [...sizes, exactly(draw.floats(x)), exactly(draw.floats(y)), filled(filter)];
  },
};
