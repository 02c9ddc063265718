import { deriveKey, normal, uniform as uniformNumbers, type RandomKey } from './random.js';

/** First values of a parameter: a pure function of a key and a shape, row-major. */
export type Initializer = (key: RandomKey, shape: readonly number[]) => Float32Array;

/**
 * `[fanIn, …, fanOut]`: a kernel's first axis is what comes in, its last what goes out. A convolution's is
 * `[height, width, channels, filters]`, and each of its positions counts.
 */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const positions = shape.length === 4 ? shape[0]! * shape[1]! : 1;
  return { fanIn: positions * (shape.at(shape.length === 4 ? 2 : 0) ?? 1), fanOut: positions * (shape.at(-1) ?? 1) };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export const zeros: Initializer = (_key, shape) => new Float32Array(sizeOf(shape));

export function constant(value: number): Initializer {
  return (_key, shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Uniform in [−scale, scale). */
export function uniform(scale: number): Initializer {
  return (key, shape) => uniformNumbers(key, sizeOf(shape)).map((u) => (2 * u - 1) * scale);
}

/** Normal with mean 0. */
export function normalWith(standardDeviation: number): Initializer {
  return (key, shape) => normal(key, sizeOf(shape)).map((value) => value * standardDeviation);
}

/** Uniform in ±√(6 / (fanIn + fanOut)). @see Glorot & Bengio 2010, equation 16 */
export const glorotUniform: Initializer = (key, shape) => {
  const { fanIn, fanOut } = fans(shape);
  return uniform(Math.sqrt(6 / (fanIn + fanOut)))(key, shape);
};

/** Normal with variance 2 / (fanIn + fanOut). @see Glorot & Bengio 2010, equation 12 */
export const glorotNormal: Initializer = (key, shape) => {
  const { fanIn, fanOut } = fans(shape);
  return normalWith(Math.sqrt(2 / (fanIn + fanOut)))(key, shape);
};

/** Normal with variance 2 / fanIn, for units that rectify. @see He, Zhang, Ren & Sun 2015, equation 10 */
export const heNormal: Initializer = (key, shape) => normalWith(Math.sqrt(2 / fans(shape).fanIn))(key, shape);

/** Uniform in ±√(6 / fanIn): the same variance as `heNormal`. */
export const heUniform: Initializer = (key, shape) => uniform(Math.sqrt(6 / fans(shape).fanIn))(key, shape);

/**
 * A matrix whose shorter side is orthonormal: Gram-Schmidt on normal numbers, in float64 and twice over, so that the
 * columns are orthogonal to float32's precision at any size.
 *
 * @see Saxe, McClelland & Ganguli 2014
 */
export const orthogonal: Initializer = (key, shape) => {
  const [rows = 1, columns = 1] = shape;
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const numbers = normal(key, count * length);
  const vectors: Float64Array[] = [];
  for (let v = 0; v < count; v++) {
    const vector = Float64Array.from(numbers.subarray(v * length, (v + 1) * length));
    for (const earlier of [...vectors, ...vectors]) {
      const projection = dot(vector, earlier);
      for (let i = 0; i < length; i++) vector[i]! -= projection * earlier[i]!;
    }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) values[r * columns + c] = rows <= columns ? vectors[r]![c]! : vectors[c]![r]!;
  }
  return values;
};

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Fills the blocks of a kernel `[rows, blocks·width]` one by one, each as if it stood alone, so that one gate's numbers
 * (its variance, its orthogonality) do not depend on how many gates lie beside it.
 */
export function perBlock(blocks: readonly Initializer[]): Initializer {
  return (key, shape) => {
    const rows = shape.length === 1 ? 1 : shape[0]!;
    const columns = shape.at(-1)!;
    const width = columns / blocks.length;
    const values = new Float32Array(rows * columns);
    blocks.forEach((initializer, block) => {
      const part = initializer(deriveKey(key, block), shape.length === 1 ? [width] : [rows, width]);
      for (let r = 0; r < rows; r++) values.set(part.subarray(r * width, (r + 1) * width), r * columns + block * width);
    });
    return values;
  };
}
