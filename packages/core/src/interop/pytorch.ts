import { gateOrder, reorderGates } from '../cells/gate-order.js';
import { CheckpointError } from '../errors.js';
import type { NamedArray, NamedArrays } from '../safetensors.js';

/** PyTorch's blocks in `nn.RNN`, `nn.LSTM` and `nn.GRU`. */
const pytorchOrder = { elman: 'h', lstm: 'ifgo', gru: 'rzn' } as const;

export interface PyTorchOptions {
  /** `elman` is `nn.RNN` */
  readonly kind: 'elman' | 'lstm' | 'gru';
  /** of the module's names in the file, for example `encoder.rnn.`; none unless set */
  readonly prefix?: string | undefined;
}

interface Part {
  readonly layer: string;
  readonly direction: 'forward' | 'backward';
  /** what follows a name in PyTorch: `l0`, `l0_reverse` */
  readonly suffix: string;
}

const namePattern = /^(weight_ih|weight_hh|bias_ih|bias_hh)_(l(\d+)(_reverse)?)$/;

/**
 * The parameters of a `Stack` out of those of PyTorch's `nn.RNN`, `nn.LSTM` or `nn.GRU`.
 *
 * PyTorch keeps `[gates·hiddenSize, inputSize]`, we `[inputSize, gates·hiddenSize]`. PyTorch has two biases that it
 * only ever adds (but for a GRU's candidate): our single bias is their sum, rounded once.
 *
 * @param arrays - `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, … `_l1`, … `_l0_reverse`; what lies
 *   outside `prefix` is ignored; modules without biases get zeros
 * @returns `layers.0.forward.inputKernel` and so on; load them with `assignArrays`
 * @throws {CheckpointError} `checkpoint/pytorch` for a missing or unknown name, or a shape that does not fit `kind`
 */
export function importPyTorch(arrays: NamedArrays, { kind, prefix = '' }: PyTorchOptions): NamedArrays {
  const module = Object.entries(arrays).filter(([name]) => name.startsWith(prefix));
  const named = new Map(module.map(([name, array]) => [name.slice(prefix.length), array]));
  const parts = new Map<string, Part>();
  for (const name of named.keys()) {
    const [, , suffix, layer, reverse] = namePattern.exec(name) ?? [];
    if (suffix === undefined || layer === undefined) {
      throw new CheckpointError(
        'checkpoint/pytorch',
        `"${prefix}${name}" is no parameter of a recurrent PyTorch module; give its prefix`,
      );
    }
    parts.set(suffix, { suffix, layer, direction: reverse ? 'backward' : 'forward' });
  }
  if (parts.size === 0) throw new CheckpointError('checkpoint/pytorch', `no name begins with "${prefix}"`);
  const imported: Record<string, NamedArray> = {};
  for (const part of parts.values()) {
    for (const [name, array] of Object.entries(importPart(part, kind, named))) {
      imported[`layers.${part.layer}.${part.direction}.${name}`] = array;
    }
  }
  return imported;
}

function importPart(
  { suffix }: Part,
  kind: PyTorchOptions['kind'],
  named: Map<string, NamedArray>,
): Record<string, NamedArray> {
  const gates = pytorchOrder[kind].length;
  const order = { from: pytorchOrder[kind], to: gateOrder[kind] };
  const matrix = (name: string): NamedArray => {
    const array = named.get(`${name}_${suffix}`);
    if (!array) throw new CheckpointError('checkpoint/pytorch', `"${name}_${suffix}" is missing`);
    return array;
  };
  const hiddenSize = matrix('weight_hh').shape[1] ?? 0;
  const size = gates * hiddenSize;
  const kernel = (name: string, columns: number | 'any'): NamedArray => {
    const { shape, values } = checked(`${name}_${suffix}`, matrix(name), [size, columns]);
    const rows = shape[1]!;
    return {
      dtype: 'float32',
      shape: [rows, size],
      values: reorderGates(transposed(values, [size, rows]), rows, order),
    };
  };
  const bias = (name: string): Float32Array => {
    const array = named.get(`${name}_${suffix}`);
    return array ? reorderGates(checked(`${name}_${suffix}`, array, [size]).values, 1, order) : new Float32Array(size);
  };
  const vector = (values: Float32Array): NamedArray => ({ dtype: 'float32', shape: [size], values });
  const kernels = { inputKernel: kernel('weight_ih', 'any'), recurrentKernel: kernel('weight_hh', hiddenSize) };
  const [inputBias, recurrentBias] = [bias('bias_ih'), bias('bias_hh')];
  if (kind === 'gru') return { ...kernels, bias: vector(inputBias), recurrentBias: vector(recurrentBias) };
  return { ...kernels, bias: vector(inputBias.map((value, i) => value + recurrentBias[i]!)) };
}

/**
 * The inverse of `importPyTorch`: a state dict for `nn.RNN`, `nn.LSTM` or `nn.GRU`. Our single bias becomes `bias_ih`,
 * and `bias_hh` is zero; a GRU keeps both of its own.
 *
 * @param arrays - the parameters of a `Stack`, `layers.0.forward.inputKernel` and so on
 * @throws {CheckpointError} `checkpoint/pytorch` for a missing or unknown name, or a shape that does not fit `kind`
 */
export function exportPyTorch(arrays: NamedArrays, { kind, prefix = '' }: PyTorchOptions): NamedArrays {
  const exported: Record<string, NamedArray> = {};
  const gates = gateOrder[kind].length;
  const order = { from: gateOrder[kind], to: pytorchOrder[kind] };
  for (const [path, array] of Object.entries(arrays)) {
    const match = /^layers\.(\d+)\.(forward|backward)\.(inputKernel|recurrentKernel|bias|recurrentBias)$/.exec(path);
    if (!match)
      throw new CheckpointError('checkpoint/pytorch', `"${path}" is no parameter of a stack of recurrent layers`);
    const [, layer, direction, name] = match as unknown as [string, string, string, string];
    const suffix = `l${layer}${direction === 'backward' ? '_reverse' : ''}`;
    const size = array.shape.at(-1) ?? 0;
    if (name.endsWith('Kernel')) {
      const { shape, values } = checked(path, array, ['any', size]);
      const rows = shape[0]!;
      const blocks = reorderGates(values, rows, order);
      const target = name === 'inputKernel' ? 'weight_ih' : 'weight_hh';
      exported[`${prefix}${target}_${suffix}`] = {
        dtype: 'float32',
        shape: [size, rows],
        values: transposed(blocks, [rows, size]),
      };
      if (name === 'recurrentKernel' && size !== gates * rows) checked(path, array, [rows, gates * rows]);
    } else {
      const values = reorderGates(checked(path, array, [size]).values, 1, order);
      exported[`${prefix}${name === 'bias' ? 'bias_ih' : 'bias_hh'}_${suffix}`] = {
        dtype: 'float32',
        shape: [size],
        values,
      };
      if (kind !== 'gru') {
        exported[`${prefix}bias_hh_${suffix}`] = { dtype: 'float32', shape: [size], values: new Float32Array(size) };
      }
    }
  }
  return exported;
}

function checked(
  name: string,
  array: NamedArray,
  shape: readonly (number | 'any')[],
): { shape: readonly number[]; values: Float32Array } {
  const fits =
    array.shape.length === shape.length && shape.every((size, i) => size === 'any' || size === array.shape[i]);
  if (fits && array.dtype === 'float32') return array;
  const wanted = shape.map((size) => (size === 'any' ? '*' : size)).join(', ');
  throw new CheckpointError(
    'checkpoint/pytorch',
    `"${name}" must be float32 [${wanted}], got ${array.dtype} [${array.shape.join(', ')}]; is it the kind of module that was named?`,
  );
}

/** @param shape - of `values` */
function transposed(values: Float32Array, [rows, columns]: readonly [number, number]): Float32Array {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!;
  }
  return out;
}
