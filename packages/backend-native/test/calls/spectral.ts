import { fourierTable } from '@unroll/core';
import { anyLength, exactly, filled, flag, number, size, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

/** Filters over any bins, some of them empty. */
function filters(draw: Draw, count: number, bins: number) {
  const ranges = new Int32Array(2 * count);
  for (let m = 0; m < count; m++) {
    const first = draw.ints(1, 0, bins)[0]!;
    ranges.set([first, draw.ints(1, m === 0 ? 1 : 0, bins - first + 1)[0]!], 2 * m);
  }
  const weightCount = ranges.reduce((sum, value, i) => sum + (i % 2 === 1 ? value : 0), 0);
  return { ranges, weightCount };
}

function spectralFeatures(draw: Draw): Argument[] {
  const frames = draw.size(3, 60);
  const fftSize = 2 * Math.max(1, draw.size(6, 60));
  const frameLength = 1 + draw.ints(1, fftSize - 2, fftSize)[0]!;
  const count = Math.max(1, draw.size(4, 20));
  const { ranges, weightCount } = filters(draw, count, fftSize / 2 + 1);
  const energyScale = draw.oneOf(0, 1, 0.25);
  const columns = count + (energyScale > 0 ? 1 : 0);
  return [
    anyLength(draw.floats(draw.size(40, 4000))),
    number(draw.ints(1, -30, 30)[0]!, [0.5, 2 ** 53, NaN]),
    size(frames),
    number(Math.max(1, draw.size(5, 50)), [0, -1, 0.5, 2 ** 31]),
    number(fftSize, [0, 1, -2, fftSize + 1, fftSize + 2, 2 ** 31]),
    exactly(fourierTable(fftSize)),
    number(frameLength, [0, fftSize + 1, 0.5, 2 ** 31]),
    exactly(Float64Array.from(draw.floats(frameLength))),
    number(draw.oneOf(1, 32_768)),
    flag(draw.oneOf(true, false)),
    number(draw.oneOf(0.97, 0)),
    size(count),
    exactly(ranges),
    size(weightCount),
    exactly(Float64Array.from(draw.floats(weightCount))),
    number(draw.oneOf(1e-10, 2 ** -23), [0, -1, NaN, 1e-31]),
    number(draw.oneOf(1, 10 / Math.LN10)),
    number(energyScale, [1]),
    filled(frames * columns),
  ];
}

/** The function of features of sound. */
export const spectralCalls: Calls = { spectralFeatures };
