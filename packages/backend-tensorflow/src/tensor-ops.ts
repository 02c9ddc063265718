import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OpAttribute, TensorFlowBackend, TensorFlowBinding, TensorHandle } from './tfjs-node.js';

/** A tensor of TensorFlow while a kernel runs; `shape` is TensorFlow's own. */
export type Value = TensorHandle;
/** A whole number or several, a truth value or a word. */
type AttributeValue = boolean | number | string | readonly number[];

/**
 * TensorFlow's ops for the length of one kernel. Everything made in between is freed at its end, also when an op fails; what is
 * handed on as a result stays. tfjs-node's own way wraps every output in a tensor of tfjs, which nobody frees after an error.
 *
 * Types of inputs are TensorFlow's to infer, but those of lists.
 */
export class TensorOps {
  private readonly backend: TensorFlowBackend;
  private readonly binding: TensorFlowBinding;
  private readonly made = new Set<number>();

  constructor(backend: TensorFlowBackend) {
    this.backend = backend;
    this.binding = backend.binding;
  }

  /** Whether TensorFlow has a GPU, on which float32 tensors then lie. */
  get hasGpu(): boolean {
    return this.binding.isUsingGpuDevice();
  }

  /** A tensor of tfjs, which keeps it. */
  input({ dataId, shape }: TensorInfo): Value {
    const [id] = this.backend.getInputTensorIds([{ dataId }]);
    return { id: id!, shape: [...shape], dtype: this.backend.tensorMap.get(dataId).dtype };
  }

  integers(values: readonly number[] | Int32Array, shape: readonly number[] = [values.length]): Value {
    return this.create(shape, this.binding.TF_INT32, Int32Array.from(values));
  }

  floats(values: readonly number[] | Float32Array, shape: readonly number[] = [values.length]): Value {
    return this.create(shape, this.binding.TF_FLOAT, Float32Array.from(values));
  }

  scalar(value: number): Value {
    return this.floats([value], []);
  }

  /** The values of float32 or int32. */
  read({ id }: Value): Float32Array | Int32Array {
    return this.binding.tensorDataSync(id);
  }

  /** One op with one output. */
  run(name: string, inputs: readonly Value[], attributes: readonly OpAttribute[] = []): Value {
    return this.runAll(name, inputs, { attributes, outputs: 1 })[0]!;
  }

  runAll(
    name: string,
    inputs: readonly Value[],
    { attributes = [], outputs }: { readonly attributes?: readonly OpAttribute[]; readonly outputs: number },
  ): Value[] {
    const ids = inputs.map(({ id }) => id);
    const values = this.binding.executeOp(name, attributes, ids, outputs);
    for (const { id } of values) this.made.add(id);
    return values;
  }

  attribute(name: string, value: AttributeValue): OpAttribute {
    const { TF_ATTR_BOOL, TF_ATTR_STRING, TF_ATTR_INT } = this.binding;
    const type = { boolean: TF_ATTR_BOOL, string: TF_ATTR_STRING }[typeof value as string] ?? TF_ATTR_INT;
    return { name, type, value };
  }

  type(name: string, value: 'float32' | 'int32' | 'int64'): OpAttribute {
    const { TF_FLOAT, TF_INT32, TF_INT64, TF_ATTR_TYPE } = this.binding;
    return { name, type: TF_ATTR_TYPE, value: { float32: TF_FLOAT, int32: TF_INT32, int64: TF_INT64 }[value] };
  }

  /** float32, or the numbers of `rows` times those of `columns`. */
  matMul(rows: Value, columns: Value, { transposeRows = false, transposeColumns = false } = {}): Value {
    const attributes = [this.attribute('transpose_a', transposeRows), this.attribute('transpose_b', transposeColumns)];
    return this.run('MatMul', [rows, columns], attributes);
  }

  add(a: Value, b: Value): Value {
    return this.run('AddV2', [a, b]);
  }

  subtract(a: Value, b: Value): Value {
    return this.run('Sub', [a, b]);
  }

  multiply(a: Value, b: Value): Value {
    return this.run('Mul', [a, b]);
  }

  /** y = σ(x) is given: dy·y·(1 − y) */
  sigmoidGradient(y: Value, dy: Value): Value {
    return this.run('SigmoidGrad', [y, dy]);
  }

  /** y = tanh(x) is given: dy·(1 − y²) */
  tanhGradient(y: Value, dy: Value): Value {
    return this.run('TanhGrad', [y, dy]);
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.run('Reshape', [value, this.integers(shape)]);
  }

  cast(value: Value, to: 'float32' | 'int64'): Value {
    return this.run('Cast', [value], [this.type('DstT', to)]);
  }

  /** Values of one shape, as rows of a new first axis. */
  pack(values: readonly Value[]): Value {
    const attributes = [this.type('T', 'float32'), this.attribute('N', values.length), this.attribute('axis', 0)];
    return this.run('Pack', values, attributes);
  }

  /** The rows of the first axis. */
  unpack(value: Value): Value[] {
    const outputs = value.shape[0]!;
    return this.runAll('Unpack', [value], {
      attributes: [this.attribute('num', outputs), this.attribute('axis', 0)],
      outputs,
    });
  }

  concat(values: readonly Value[], axis: number): Value {
    if (values.length === 1) return values[0]!;
    const attributes = [this.type('T', 'float32'), this.attribute('N', values.length)];
    return this.run('ConcatV2', [...values, this.integers([axis], [])], attributes);
  }

  /** Equal parts along an axis. */
  split(value: Value, parts: number, axis: number): Value[] {
    if (parts === 1) return [value];
    const attributes = [this.attribute('num_split', parts)];
    return this.runAll('Split', [this.integers([axis], []), value], { attributes, outputs: parts });
  }

  sum(value: Value, axes: readonly number[]): Value {
    return this.run('Sum', [value, this.integers(axes)]);
  }

  /** Sum of the rows of `[rows, columns]`: the gradient of a bias. */
  sumRows(value: Value): Value {
    return this.run('BiasAddGrad', [value]);
  }

  /** These stay when the kernel ends, as tensors of tfjs. A value may be given once, and an input not at all. */
  give(values: readonly Value[]): TensorInfo[] {
    return values.map(({ id, shape, dtype }) => {
      if (!this.made.delete(id)) throw new Error(`tensor ${id} is not this kernel's to give`);
      const dataId = {};
      this.backend.tensorMap.set(dataId, { shape, dtype, values: null, id, refCount: 1 });
      return { dataId, shape, dtype: dtype === this.binding.TF_INT32 ? 'int32' : 'float32' };
    });
  }

  /** `target`, a tensor of tfjs, has this value from now on: its own one is freed. */
  replace({ dataId }: TensorInfo, { id }: Value): void {
    if (!this.made.delete(id)) throw new Error(`tensor ${id} is not this kernel's to give`);
    const entry = this.backend.tensorMap.get(dataId);
    if (entry.values === null) this.binding.deleteTensor(entry.id);
    entry.values = null;
    entry.id = id;
  }

  free(): void {
    for (const id of this.made) this.binding.deleteTensor(id);
    this.made.clear();
  }

  private create(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): Value {
    const id = this.binding.createTensor(shape, dtype, values);
    this.made.add(id);
    return { id, shape: [...shape], dtype };
  }
}

/** Runs a kernel's body and frees what it does not give. */
export function withOps<T>(backend: TensorFlowBackend, body: (ops: TensorOps) => T): T {
  const ops = new TensorOps(backend);
  try {
    return body(ops);
  } finally {
    ops.free();
  }
}
