import type { DataId, DataStorage, KernelBackend } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow op; `type` is one of the binding's TF_ATTR_ numbers. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** A tensor that TensorFlow holds, by the number that the binding knows it by. */
export interface TensorHandle {
  readonly id: number;
  readonly shape: number[];
  /** one of the binding's dtype numbers */
  readonly dtype: number;
}

/** What tfjs-node's addon exports, as far as it is used here. Every number of a tensor lives until `deleteTensor`. */
export interface TensorFlowBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_STRING: number;
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorHandle[];
}

/** What tfjs-node keeps of a tensor: values that were not yet handed to TensorFlow, or the number of its own tensor. */
export interface TensorEntry {
  shape: number[];
  dtype: number;
  values: Float32Array | Int32Array | null;
  id: number;
  refCount: number;
}

/** tfjs-node's backend, as far as it is used here: the methods are private in its typings, and have not changed since 2020. */
export interface TensorFlowBackend extends KernelBackend {
  readonly binding: TensorFlowBinding;
  readonly tensorMap: DataStorage<TensorEntry> & { get(dataId: DataId): TensorEntry };
  getInputTensorIds(tensors: readonly { readonly dataId: DataId }[]): number[];
}
