import {
  allowing,
  anyLength,
  anyNumbers,
  dimensions,
  exactly,
  filled,
  filledInts,
  flag,
  floatLists,
  number,
  other,
  size,
  word,
  optional,
  type Argument,
  type Calls,
  type Numbers,
} from './arguments.js';
import type { Draw } from './draw.js';

const product = (sizes: readonly number[]) => sizes.reduce((all, n) => all * n, 1);

/** Numbers of any element type. */
function numbers(draw: Draw, length: number): Numbers {
  const array = draw.oneOf<Numbers>(draw.floats(length), draw.ints(length, -9, 9), draw.bytes(length));
  return draw.oneOf<Numbers>(array, Float64Array.from(array));
}
const like = (array: Numbers, length: number) => new (array.constructor as new (length: number) => Numbers)(length);

/** Shapes that broadcast together: a full one with some axes 1, and the end of it with others. */
function broadcastShapes(draw: Draw): [a: number[], b: number[], y: number[]] {
  const rank = draw.oneOf(2, 0, 1, 3, 4);
  const full = Array.from({ length: rank }, (_, axis) => draw.size(axis + 2, 30));
  const flattened = (sizes: number[]) => sizes.map((n) => draw.oneOf(n, n, n, 1));
  const [a, b] = [flattened(full), flattened(full).slice(draw.oneOf(rank > 1 ? 1 : 0, 0))];
  const y = a.map((n, axis) => {
    const across = b[axis - (rank - b.length)] ?? 1;
    return n === 1 ? across : n;
  });
  return [a, b, y];
}

function broadcast(draw: Draw, operations: readonly [string, ...string[]], result: (length: number) => Argument) {
  const [a, b, y] = broadcastShapes(draw);
  const [left, right] = [draw.floats(product(a)), draw.floats(product(b))];
  const operands = [exactly(left), dimensions(a), exactly(right), dimensions(b)];
  return [word(draw.oneOf(...operations)), ...operands, result(product(y))];
}

function matmulBatch(draw: Draw): Argument[] {
  const [batch, m, n, k] = [draw.size(5), draw.size(2, 60), draw.size(3, 60), draw.size(4, 60)];
  const [repeatA, repeatB] = [draw.oneOf(false, true), draw.oneOf(true, false)];
  return [
    size(batch),
    flag(repeatA, [!repeatA]),
    flag(repeatB, [!repeatB]),
    size(m),
    size(n),
    size(k),
    exactly(draw.floats((repeatA ? 1 : batch) * m * k)),
    flag(draw.oneOf(false, true)),
    exactly(draw.floats((repeatB ? 1 : batch) * k * n)),
    flag(draw.oneOf(true, false)),
    filled(batch * m * n),
  ];
}

/** A transposition of three axes, or a part of one, read in any direction. */
function copyStrided(draw: Draw): Argument[] {
  const sizes = [draw.size(2, 60), draw.size(3, 60), draw.size(4)];
  const elements = product(sizes);
  const strides = [sizes[1]! * sizes[2]!, sizes[2]!, 1];
  const order = draw.oneOf([0, 1, 2], [2, 0, 1], [1, 0, 2], [0, 2, 1], [2, 1, 0]);
  const yStrides = [0, 0, 0];
  for (let axis = 2, stride = 1; axis >= 0; stride *= sizes[order[axis--]!]!) yStrides[order[axis]!] = stride;
  const backwards = draw.oneOf(false, true) && elements > 0;
  const [x, padding] = [numbers(draw, elements), draw.size(0, 5)];
  const outside = [-1, elements + padding, 0.5];
  return [
    dimensions(sizes),
    anyNumbers(x),
    number(backwards ? elements - 1 : 0, outside),
    dimensions(backwards ? strides.map((stride) => -stride) : strides),
    anyNumbers(like(x, elements + padding), 'changes'),
    number(padding, [-1, elements + padding, 0.5]),
    dimensions(yStrides),
  ];
}

function gather(draw: Draw): Argument[] {
  const [batch, outer, rows, width] = [draw.size(1, 4), draw.size(2, 4), draw.size(3, 200), draw.size(4, 70)];
  const x = numbers(draw, batch * outer * rows * width);
  const count = batch === 0 || rows === 0 ? 0 : draw.size(5, 100);
  const indices = draw.ints(batch * count, 0, rows);
  const y = anyNumbers(like(x, batch * outer * count * width), 'fills');
  return [size(batch), size(outer), size(rows), size(width), anyNumbers(x), exactly(indices), y];
}

/** @param least - the fewest numbers that can be reduced */
function reduction(draw: Draw, least: number) {
  const [outer, count, inner] = [draw.size(2, 300), Math.max(least, draw.size(3, 300)), draw.size(4, 80)];
  const call = [size(outer), size(count), size(inner), exactly(draw.floats(outer * count * inner))];
  return { call, results: outer * inner };
}

function cast(draw: Draw): Argument[] {
  const length = draw.size(4, 100_000);
  return draw.oneOf(
    [word('float32-int32'), exactly(draw.floats(length)), filledInts(length)],
    [word('int32-float32'), exactly(draw.ints(length, -9, 9)), filled(length)],
    [word('bool-float32'), exactly(draw.bytes(length)), filled(length)],
    [word('float32-bool'), exactly(draw.floats(length)), exactly(new Uint8Array(length), 'fills')],
  );
}

const unaryOperations = (
  'Exp Abs Neg Square Sqrt Rsqrt Reciprocal Log Tanh Sigmoid Relu Relu6 ' +
  'LeakyRelu Step Sign Floor Ceil ClipByValue Softplus Elu'
).split(' ') as [string, ...string[]];
const binaryOperations = 'Add Sub Multiply RealDiv Maximum Minimum SquaredDifference Pow Prelu'.split(
  ' ',
) as typeof unaryOperations;
const comparisons = 'Less LessEqual Equal NotEqual Greater GreaterEqual'.split(' ') as typeof unaryOperations;

/** The functions of this package's general kernels. */
export const generalCalls: Calls = {
  configure: (draw) => [other(draw.oneOf(1, 0, 2, 5), [-1, 0.5, NaN, 2000]), word(draw.oneOf('float32', 'bfloat16'))],
  engineInfo: () => [],
  profile: (draw) => [other(draw.oneOf(0, 10, 1000), [-1, 0.5, NaN, 2 ** 21])],
  limitInstructionSet: (draw) => [word(draw.oneOf('avx512', 'avx2', 'baseline'))],
  allocate: (draw) => [other(draw.size(64, 10_000), [-1, 0.5, NaN, 2 ** 50])],
  matmul: (draw) => {
    const [m, n, k] = [draw.size(2, 200), draw.size(3, 200), draw.size(4, 200)];
    const [a, transposeA] = [exactly(draw.floats(m * k)), flag(draw.oneOf(false, true))];
    const [b, transposeB] = [exactly(draw.floats(k * n)), flag(draw.oneOf(false, true))];
    const bias = optional(draw, exactly(draw.floats(n)));
    return [size(m), size(n), size(k), a, transposeA, b, transposeB, bias, filled(m * n)];
  },
  matmulBatch,
  unary: (draw) => {
    const length = draw.size(5, 100_000);
    const x = exactly(draw.floats(length));
    return [
      word(draw.oneOf(...unaryOperations)),
      x,
      filled(length),
      number(draw.oneOf(0, -1)),
      number(draw.oneOf(0, 2)),
    ];
  },
  binary: (draw) => broadcast(draw, binaryOperations, filled),
  compare: (draw) => broadcast(draw, comparisons, (length) => exactly(new Uint8Array(length), 'fills')),
  addN: (draw) => {
    const length = draw.size(4, 50_000);
    const inputs = Array.from({ length: draw.oneOf(2, 1, 3, 9) }, () => draw.floats(length));
    // It takes any number of arrays but none.
    return [allowing(floatLists(inputs), (each) => Array.isArray(each) && each.length === 1), filled(length)];
  },
  select: (draw) => {
    const [rows, width] = [draw.size(6, 50_000), draw.oneOf(1, 3, 0)];
    const [yes, no] = [exactly(draw.floats(rows * width)), exactly(draw.floats(rows * width))];
    return [exactly(draw.bytes(rows)), yes, no, filled(rows * width)];
  },
  reduce: (draw) => {
    const { call, results } = reduction(draw, 0);
    return [word(draw.oneOf('Sum', 'Mean', 'Max', 'Min', 'Prod')), ...call, filled(results)];
  },
  topK: (draw) => {
    const [rows, width] = [draw.size(3, 60), draw.size(5, 300)];
    const k = Math.min(width, draw.size(2));
    return [
      size(rows),
      size(width),
      size(k),
      exactly(draw.floats(rows * width)),
      filled(rows * k),
      filledInts(rows * k),
    ];
  },
  argReduce: (draw) => {
    const { call, results } = reduction(draw, 1);
    return [word(draw.oneOf('ArgMax', 'ArgMin')), ...call, filledInts(results)];
  },
  softmax: (draw) => {
    const [rows, width] = [draw.size(2, 300), draw.size(3, 300)];
    const x = exactly(draw.floats(rows * width));
    return [size(rows), size(width), flag(draw.oneOf(false, true)), x, filled(rows * width)];
  },
  copyStrided,
  gather,
  segmentSum: (draw) => {
    const [rows, width, segments] = [draw.size(3, 300), draw.size(2, 300), draw.size(4, 300)];
    // Segments outside of the table do not count.
    const ids = exactly(draw.ints(rows, -2, segments + 2));
    return [size(rows), size(width), size(segments), exactly(draw.floats(rows * width)), ids, filled(segments * width)];
  },
  sumRowsByIndex: (draw) => {
    const [count, columns] = [draw.size(3, 300), draw.size(2, 300)];
    const [indices, values] = [exactly(draw.ints(count, 0, 50)), exactly(draw.floats(count * columns))];
    const rows = exactly(new Int32Array(count), 'changes');
    return [size(count), size(columns), indices, values, rows, exactly(new Float32Array(count * columns), 'changes')];
  },
  oneHot: (draw) => {
    const [depth, count] = [draw.size(4, 300), draw.size(3, 300)];
    const indices = exactly(draw.ints(count, -2, depth + 2));
    return [size(depth), number(draw.oneOf(1, -2)), number(draw.oneOf(0, NaN)), indices, filled(count * depth)];
  },
  fill: (draw) => [number(draw.oneOf(1, NaN)), anyLength(new Float32Array(draw.size(3, 100_000)), 'fills')],
  cast,
};
