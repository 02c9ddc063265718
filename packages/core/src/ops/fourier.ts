/** e^(−2πik/size) for k of 0 … size − 1: cosine and minus sine beside each other, `[size, 2]`. */
export function fourierTable(size: number): Float64Array {
  const table = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    table[2 * k] = Math.cos((2 * Math.PI * k) / size);
    table[2 * k + 1] = -Math.sin((2 * Math.PI * k) / size);
  }
  return table;
}

/**
 * The discrete Fourier transform in float64.
 *
 *   X_k = Σₙ xₙ · e^(−2πikn/N)
 *
 * Of any N, in N·Σ(prime factors of N) steps: quick for products of small primes.
 *
 * @param values - x, `[N, 2]`: real and imaginary parts beside each other; is left as it is
 * @param table - `fourierTable(N)`
 * @returns X, `[N, 2]`
 *
 * @see Stockham's form of Cooley & Tukey 1965, for mixed radices
 */
export function fourierTransform(values: Float64Array, table: Float64Array): Float64Array {
  const size = values.length / 2;
  let [from, to] = [values.slice(), new Float64Array(2 * size)];
  let stride = 1;
  for (const radix of primeFactors(size)) {
    if (radix === 2) splitByTwo(from, to, { table, stride });
    else splitByRadix(from, to, { table, radix, stride });
    stride *= radix;
    [from, to] = [to, from];
  }
  return from;
}

interface Pass {
  readonly table: Float64Array;
  readonly radix: number;
  /** product of the radices before */
  readonly stride: number;
}

/** The pass of radix 2, which most are: a sum, and a difference that is turned. */
function splitByTwo(from: Float64Array, to: Float64Array, { table, stride }: Omit<Pass, 'radix'>): void {
  const half = from.length / 2;
  for (let p = 0; p < half / (2 * stride); p++) {
    const [cosine, minusSine] = [table[2 * stride * p]!, table[2 * stride * p + 1]!];
    for (let q = 2 * stride * p; q < 2 * stride * (p + 1); q += 2) {
      const at = q + 2 * stride * p;
      const real = from[q]! - from[q + half]!;
      const imaginary = from[q + 1]! - from[q + half + 1]!;
      to[at] = from[q]! + from[q + half]!;
      to[at + 1] = from[q + 1]! + from[q + half + 1]!;
      to[at + 2 * stride] = real * cosine - imaginary * minusSine;
      to[at + 2 * stride + 1] = real * minusSine + imaginary * cosine;
    }
  }
}

function splitByRadix(from: Float64Array, to: Float64Array, { table, radix, stride }: Pass): void {
  const size = from.length / 2;
  const parts = size / (stride * radix);
  for (let p = 0; p < parts; p++) {
    for (let j = 0; j < radix; j++) {
      for (let q = 0; q < stride; q++) {
        let [real, imaginary] = [0, 0];
        for (let k = 0; k < radix; k++) {
          const at = 2 * (q + stride * (p + parts * k));
          const angle = 2 * ((stride * p * j + (size / radix) * j * k) % size);
          real += from[at]! * table[angle]! - from[at + 1]! * table[angle + 1]!;
          imaginary += from[at]! * table[angle + 1]! + from[at + 1]! * table[angle]!;
        }
        const at = 2 * (q + stride * (radix * p + j));
        to[at] = real;
        to[at + 1] = imaginary;
      }
    }
  }
}

function primeFactors(size: number): number[] {
  const factors: number[] = [];
  for (let rest = size, prime = 2; rest > 1; prime++) {
    for (; rest % prime === 0; rest /= prime) factors.push(prime);
  }
  return factors;
}
