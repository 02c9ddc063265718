/**
 * Float64 cells over plain arrays, written from their papers' equations and sharing nothing with the cells that they
 * check. One sequence at a time; kernels are row-major `[rows, gates·hiddenSize]`.
 */
export type ReferenceArrays = Readonly<Record<string, Float64Array>>;

export interface ReferenceState {
  readonly h: Float64Array;
  readonly c?: Float64Array;
}

/** @param mask - multiplies h inside the recurrent product; ones where there is no dropout */
export type ReferenceStep = (
  parameters: ReferenceArrays,
  input: Float64Array,
  step: { readonly state: ReferenceState; readonly mask: Float64Array },
) => ReferenceState;

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/** vector·kernel + bias */
function affine(vector: Float64Array, kernel: Float64Array, bias: Float64Array): Float64Array {
  const columns = kernel.length / vector.length;
  return Float64Array.from({ length: columns }, (_, column) => {
    let sum = bias[column]!;
    for (let row = 0; row < vector.length; row++) sum += vector[row]! * kernel[row * columns + column]!;
    return sum;
  });
}

function elman(activation: (a: number) => number): ReferenceStep {
  return ({ inputKernel, recurrentKernel, bias }, input, { state, mask }) => {
    const masked = state.h.map((h, k) => h * mask[k]!);
    const fromInput = affine(input, inputKernel!, bias!);
    const fromHidden = affine(masked, recurrentKernel!, new Float64Array(bias!.length));
    return { h: fromInput.map((a, k) => activation(a + fromHidden[k]!)) };
  };
}

export const elmanTanhReference: ReferenceStep = elman(Math.tanh);
export const elmanReluReference: ReferenceStep = elman((a) => Math.max(a, 0));

/** Gates i f g o. */
export const lstmReference: ReferenceStep = ({ inputKernel, recurrentKernel, bias }, input, { state, mask }) => {
  const size = state.h.length;
  const masked = state.h.map((h, k) => h * mask[k]!);
  const fromHidden = affine(masked, recurrentKernel!, new Float64Array(bias!.length));
  const a = affine(input, inputKernel!, bias!).map((value, k) => value + fromHidden[k]!);
  const c = state.c!.map((previous, k) => {
    const [i, f, g] = [sigmoid(a[k]!), sigmoid(a[size + k]!), Math.tanh(a[2 * size + k]!)];
    return f * previous + i * g;
  });
  return { c, h: c.map((value, k) => sigmoid(a[3 * size + k]!) * Math.tanh(value)) };
};

/** Gates r z n, reset after the product. */
export const gruReference: ReferenceStep = (parameters, input, { state, mask }) => {
  const size = state.h.length;
  const x = affine(input, parameters['inputKernel']!, parameters['bias']!);
  const masked = state.h.map((h, k) => h * mask[k]!);
  const u = affine(masked, parameters['recurrentKernel']!, parameters['recurrentBias']!);
  return {
    h: state.h.map((previous, k) => {
      const r = sigmoid(x[k]! + u[k]!);
      const z = sigmoid(x[size + k]! + u[size + k]!);
      const n = Math.tanh(x[2 * size + k]! + r * u[2 * size + k]!);
      return (1 - z) * n + z * previous;
    }),
  };
};

export interface ReferenceSequence {
  readonly timeSteps: number;
  readonly batchSize: number;
  /** `input` `[time, batch, inputSize]`, `h` (and `c`) `[batch, hiddenSize]`, and the parameters by name */
  readonly arrays: ReferenceArrays;
  readonly lengths?: readonly number[] | undefined;
  readonly reverse?: boolean | undefined;
  /** `[batch, hiddenSize]` */
  readonly mask?: Float64Array | undefined;
}

export interface ReferenceResult {
  /** `[time, batch, hiddenSize]` */
  readonly output: Float64Array;
  /** `[batch, hiddenSize]` */
  readonly h: Float64Array;
  /** `[batch, hiddenSize]`; empty for cells without */
  readonly c: Float64Array;
}

/** Each sequence by itself, over its real steps alone. */
export function referenceUnroll(step: ReferenceStep, sequence: ReferenceSequence): ReferenceResult {
  const { timeSteps, batchSize, arrays, lengths, reverse, mask } = sequence;
  const hiddenSize = arrays['h']!.length / batchSize;
  const inputSize = timeSteps === 0 ? 0 : arrays['input']!.length / (timeSteps * batchSize);
  const output = new Float64Array(timeSteps * batchSize * hiddenSize);
  const finalH = Float64Array.from(arrays['h']!);
  const finalC = Float64Array.from(arrays['c'] ?? []);
  for (let b = 0; b < batchSize; b++) {
    const row = (values: Float64Array) => values.slice(b * hiddenSize, (b + 1) * hiddenSize);
    const hasC = finalC.length > 0;
    let state: ReferenceState = hasC ? { h: row(finalH), c: row(finalC) } : { h: row(finalH) };
    const stepMask = mask ? row(mask) : new Float64Array(hiddenSize).fill(1);
    const length = lengths?.[b] ?? timeSteps;
    for (let walked = 0; walked < length; walked++) {
      const place = (reverse ? length - 1 - walked : walked) * batchSize + b;
      const x = arrays['input']!.slice(place * inputSize, (place + 1) * inputSize);
      state = step(arrays, x, { state, mask: stepMask });
      output.set(state.h, place * hiddenSize);
    }
    finalH.set(state.h, b * hiddenSize);
    if (state.c) finalC.set(state.c, b * hiddenSize);
  }
  return { output, h: finalH, c: finalC };
}
