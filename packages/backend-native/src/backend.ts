import { totalmem } from 'node:os';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '@unroll/core/errors';
import { BufferPool, type PoolState } from './buffer-pool.js';
import { nativeFunctions } from './native.js';

type Values = tf.backend_util.BackendValues;

/** Typed arrays of the number types that native kernels know. */
export interface ArrayOf {
  float32: Float32Array;
  int32: Int32Array;
  bool: Uint8Array;
}
export type NumberType = keyof ArrayOf;

/** A new tensor together with its memory, which a kernel fills. */
export interface Output<D extends NumberType = 'float32'> extends tf.TensorInfo {
  dtype: D;
  values: ArrayOf[D];
}

export interface NativeMemory extends PoolState {
  unreliable: boolean;
  reasons: string[];
}

const constructors = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Idle buffers are kept up to this: enough for the activations of a large model, harmless on a small machine. */
const poolLimitBytes = Math.min(2 ** 30, totalmem() / 8);

function wrongType(tensor: tf.TensorInfo, expected: string): BackendError {
  const what = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  return new BackendError('backend/type', `a native kernel needs a tensor of type ${expected}, got ${what}`);
}

/**
 * tfjs' plain JavaScript backend with memory from a pool. Its data are typed arrays, so tfjs' own kernels work on it
 * and the native ones read and write the same arrays.
 *
 * A tensor's memory is recycled when the last tensor that lies in it is disposed; `data()` and `dataSync()` copy it.
 */
export class NativeBackend extends MathBackendCPU {
  private readonly pool = new BufferPool((bytes) => nativeFunctions().allocate(bytes), poolLimitBytes);

  /** A tensor for a kernel to fill: its contents are undefined. The caller returns it or disposes it. */
  allocate<D extends NumberType>(shape: readonly number[], dtype: D): Output<D> {
    const size = tf.util.sizeFromShape(shape as number[]);
    const constructor = constructors[dtype];
    const values = new constructor(this.pool.take(size * constructor.BYTES_PER_ELEMENT), 0, size) as ArrayOf[D];
    const copy = [...shape];
    return { dataId: this.write(values, copy, dtype), shape: copy, dtype, values };
  }

  /** The memory of a tensor, to read: views and tensors of the user included. Undefined for strings and complex numbers. */
  values(tensor: tf.TensorInfo): Values | undefined {
    return this.data.get(tensor.dataId).values;
  }

  /**
   * The numbers of a float32 tensor, to read.
   *
   * @throws {BackendError} `backend/type` if the tensor is not float32
   */
  floats(tensor: tf.TensorInfo): Float32Array {
    const values = this.values(tensor);
    if (tensor.dtype !== 'float32') throw wrongType(tensor, 'float32');
    // A cast of tfjs' own may have kept the Int32Array or Uint8Array.
    return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
  }

  /**
   * The numbers of an int32 tensor, to read.
   *
   * @throws {BackendError} `backend/type` if the tensor is not int32
   */
  ints(tensor: tf.TensorInfo): Int32Array {
    const values = this.values(tensor);
    if (tensor.dtype !== 'int32') throw wrongType(tensor, 'int32');
    return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
  }

  /**
   * The memory of a float32 tensor that a kernel may overwrite in place: its own when nobody else sees it; else the
   * tensor gets a private copy first, so that views, clones and arrays that a user holds keep their numbers.
   *
   * @throws {BackendError} `backend/shared` if other tensors share its data and it is no variable, so that it cannot be
   * given other data
   */
  writableInPlace(tensor: tf.TensorInfo): Float32Array {
    const values = this.floats(tensor);
    if (this.refCount(tensor.dataId) === 1) {
      const entry = this.data.get(tensor.dataId);
      const held = entry.values as Float32Array;
      if (held === values && this.pool.isPrivate(held.buffer)) return values;
      const copy = new Float32Array(this.pool.take(values.byteLength), 0, values.length);
      copy.set(values);
      entry.values = copy;
      this.pool.retain(copy.buffer);
      this.pool.release(held.buffer);
      return copy;
    }
    if (!(tensor instanceof tf.Variable)) {
      throw new BackendError(
        'backend/shared',
        'a tensor that others share cannot be changed in place; pass a variable or a copy',
      );
    }
    const replacement = this.allocate(tensor.shape, 'float32');
    replacement.values.set(values);
    const copy = tf.engine().makeTensorFromTensorInfo(replacement, this);
    tensor.assign(copy);
    copy.dispose();
    return replacement.values;
  }

  // tfjs' own `write` would print an advertisement for another backend at its first use.
  override write(values: Values, _shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.data.set(dataId, { values, dtype, refCount: 1 });
    if (ArrayBuffer.isView(values)) this.pool.retain(values.buffer);
    return dataId;
  }

  // oxlint-disable-next-line max-params -- the signature is tfjs'
  override move(dataId: object, values: Values, shape: number[], dtype: tf.DataType, refCount: number): void {
    super.move(dataId, values, shape, dtype, refCount);
    if (ArrayBuffer.isView(values)) this.pool.retain(values.buffer);
  }

  override disposeData(dataId: object, force = false): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && ArrayBuffer.isView(values)) this.pool.release(values.buffer);
    return gone;
  }

  /** A copy: what a user has read stays as it was, and the memory stays with the tensor. */
  override readSync(dataId: object): Values {
    const { values } = this.data.get(dataId);
    return ArrayBuffer.isView(values) ? (values as Float32Array).slice() : super.readSync(dataId);
  }

  override memory(): NativeMemory {
    return { ...super.memory(), ...this.pool.state() };
  }

  override dispose(): void {
    this.pool.clear();
  }
}
