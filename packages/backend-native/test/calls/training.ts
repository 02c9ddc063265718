import {
  anyLength,
  exactly,
  filled,
  flag,
  floatLists,
  number,
  optional,
  other,
  size,
  word,
  type Argument,
  type Calls,
} from './arguments.js';
import type { Draw } from './draw.js';

function linearCrossEntropy(draw: Draw): Argument[] {
  const [rows, width, vocabulary] = [draw.size(3, 300), Math.max(1, draw.size(4, 70)), Math.max(1, draw.size(6, 2000))];
  return [
    size(rows),
    size(width),
    size(vocabulary),
    exactly(draw.floats(rows * width)),
    exactly(draw.floats(width * vocabulary)),
    flag(draw.oneOf(false, true)),
    optional(draw, exactly(draw.floats(vocabulary))),
    exactly(draw.ints(rows, 0, vocabulary)),
    optional(draw, exactly(draw.floats(rows))),
    number(draw.oneOf(0.1, 0, 1)),
    filled(rows),
    filled(1),
    filled(1),
    optional(draw, filled(rows * width)),
    optional(draw, filled(width * vocabulary)),
    optional(draw, filled(vocabulary)),
  ];
}

/** The sizes and inputs of a fan-out: some groups of states, each with the same inputs in turn. */
function fanOut(draw: Draw) {
  const [groups, period, inputs, hidden] = [
    draw.size(2),
    draw.size(3),
    Math.max(1, draw.size(2)),
    Math.max(1, draw.size(5, 70)),
  ];
  const [states, rows] = [groups * period, Math.max(1, period) * inputs];
  const given = [
    size(states),
    size(inputs),
    size(rows),
    size(hidden),
    exactly(draw.floats(rows * 3 * hidden)),
    exactly(draw.floats(states * 3 * hidden)),
    exactly(draw.floats(states * hidden)),
  ];
  return { given, states, inputs, rows, hidden };
}

function gruFanOut(draw: Draw): Argument[] {
  const { given, states, inputs, hidden } = fanOut(draw);
  return [...given, filled(states * inputs * hidden)];
}

function gruFanOutGrad(draw: Draw): Argument[] {
  const { given, states, inputs, rows, hidden } = fanOut(draw);
  const dOutput = exactly(draw.floats(states * inputs * hidden));
  return [...given, dOutput, filled(rows * 3 * hidden), filled(states * 3 * hidden), filled(states * hidden)];
}

/** Segments of a batch that is normalised, some of them padding. */
function batchNorm(draw: Draw) {
  const [repeats, channels] = [1 + draw.size(2, 60), 1 + draw.size(4, 60)];
  const segments = draw.size(3, 60);
  const x = exactly(draw.floats(segments * repeats * channels));
  const mask = optional(draw, exactly(draw.floats(segments)));
  const [scale, offset] = [exactly(draw.floats(channels)), exactly(draw.floats(channels))];
  const epsilon = number(draw.oneOf(1e-5, 1), [0, -1, NaN, Infinity]);
  const given = [size(segments), size(repeats), size(channels), x, mask, scale, offset, epsilon];
  return { given, channels, numbers: segments * repeats * channels };
}

function normalizeBatch(draw: Draw): Argument[] {
  const { given, channels, numbers } = batchNorm(draw);
  return [...given, filled(numbers), filled(channels), filled(channels)];
}

function normalizeBatchGrad(draw: Draw): Argument[] {
  const { given, channels, numbers } = batchNorm(draw);
  const statistics = [exactly(draw.floats(channels)), exactly(draw.floats(channels).map(Math.abs))];
  return [...given, ...statistics, exactly(draw.floats(numbers)), filled(numbers), filled(channels), filled(channels)];
}

/** A parameter, its gradient for all rows or a few, and the rows of those. */
function parameter(draw: Draw, index: number) {
  const [rows, columns] = [draw.size(3, 300), draw.size(2 + index, 100)];
  const values = draw.floats(rows * columns);
  const some = Array.from({ length: rows }, (_, row) => row).filter(() => draw.oneOf(true, false));
  const sparse = columns > 0 && draw.oneOf(false, true);
  return {
    columns,
    values,
    rows: sparse ? Int32Array.from(some) : null,
    gradient: sparse ? draw.floats(some.length * columns) : draw.floats(values.length),
    slots: [draw.floats(values.length), draw.floats(values.length)] as const,
  };
}

function optimizerStep(draw: Draw): Argument[] {
  const rule = draw.oneOf('sgd', 'momentum', 'rmsprop', 'adam');
  const parameters = Array.from({ length: draw.oneOf(2, 0, 1, 5) }, (_, i) => parameter(draw, i));
  const maxNorm = () => draw.oneOf(0, 0, 1);
  const settings = parameters.flatMap(({ columns }) => [Math.max(1, columns), 1, 0, 0, draw.oneOf(0, 0.1), maxNorm()]);
  const slots = (i: 0 | 1, rules: readonly string[]) =>
    floatLists(rules.includes(rule) ? parameters.map((each) => each.slots[i]) : [], 'changes');
  return [
    word(rule),
    number(0),
    flag(draw.oneOf(false, true)),
    number(0),
    number(0.9),
    number(0.999),
    number(1e-8),
    number(1, [0, 0.5, NaN]),
    number(0.1),
    number(1),
    number(draw.oneOf(0, 1)),
    number(draw.oneOf(0, 1)),
    size(parameters.length),
    exactly(Float64Array.from(settings)),
    floatLists(
      parameters.map((each) => each.values),
      'changes',
    ),
    floatLists(parameters.map((each) => each.gradient)),
    slots(0, ['momentum', 'rmsprop', 'adam']),
    slots(1, draw.oneOf(['adam'], ['adam', 'rmsprop'])),
    other(
      parameters.map(({ rows }) => rows),
      parameters.length > 0 ? [[], [null], [null, 3], [null, new Float32Array(2)]] : [[null]],
    ),
  ];
}

/** The functions of training: loss, dropout, optimizer. */
export const trainingCalls: Calls = {
  linearCrossEntropy,
  gruFanOut,
  gruFanOutGrad,
  normalizeBatch,
  normalizeBatchGrad,
  dropoutMask: (draw) => [
    number(draw.oneOf(1, 0, 2 ** 32 - 1), [-1, 2 ** 32]),
    number(draw.oneOf(2, 0, 2 ** 32 - 1), [0.5]),
    number(draw.oneOf(0.5, 0, 0.999), [1, -0.1, NaN]),
    number(draw.oneOf(3, 0, 2 ** 40), [-1, 0.5, NaN, Infinity, 2 ** 60]),
    anyLength(new Float32Array(draw.size(7, 50_000)), 'fills'),
  ],
  optimizerStep,
};
