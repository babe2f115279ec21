import * as tf from '@tensorflow/tfjs-core';
import type { GeneratedProto } from './graph-proto.js';

/**
 * What tfjs-node's backend offers beyond the KernelBackend of tfjs-core: the two functions in which
 * all of its kernels end, and the TensorFlow binding below them.
 *
 * Source: `@tensorflow/tfjs-node-gpu` 4.22, `nodejs_kernel_backend.ts` and `tfjs_binding.ts`.
 */
export interface NativeBackend {
  readonly binding: NativeBinding;
  /** TensorFlow's protocol buffers. */
  readonly proto: GeneratedProto;
  /** Version of bbits' own kernels, see `src/kernels/own`; null: none are loaded. */
  readonly ownKernels: string | null;
  /** Whether programs are compiled by XLA where nothing else is said. */
  readonly prefersXla: boolean;
  executeSingleOutput(op: string, attributes: OpAttribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: OpAttribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
  /** The native ids of tensors, which are created now where their values were still waiting in JavaScript. */
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(metadata: NativeTensor): tf.Tensor;
  /** Every tensor made from JavaScript values comes through here. */
  move(
    dataId: object,
    values: tf.backend_util.BackendValues | null,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void;
  refCount(dataId: object): number;
  readSync(dataId: object): tf.backend_util.BackendValues;
}

export interface NativeTensor {
  id: number;
  shape: number[];
  dtype: number;
}

export interface OpAttribute {
  name: string;
  type: number;
  value: unknown;
}

export interface NativeBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  isUsingGpuDevice(): boolean;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(session: number, inputs: number[], feeds: string, fetches: string): NativeTensor[];
}

/** The current backend if it is native TensorFlow. */
export function findNativeBackend(): NativeBackend | undefined {
  const backend: unknown = tf.backend();
  return isNative(backend) ? backend : undefined;
}

/** Whether programs are for XLA where nothing else is said, as on a GPU. */
export function prefersXla(): boolean {
  return findNativeBackend()?.prefersXla === true;
}

function isNative(backend: unknown): backend is NativeBackend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'executeSingleOutput' in backend &&
    'binding' in backend
  );
}
