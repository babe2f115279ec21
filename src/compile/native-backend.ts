import * as tf from '@tensorflow/tfjs-core';
import type { GeneratedProto } from './graph-proto.js';

/**
 * The part of tfjs-node's backend beyond the KernelBackend of tfjs-core: the functions that all its kernels
 * call, and the TensorFlow binding that they use.
 *
 * Source: `@tensorflow/tfjs-node-gpu` 4.22, `nodejs_kernel_backend.ts` and `tfjs_binding.ts`.
 */
export interface NativeBackend {
  readonly binding: NativeBinding;
  /** TensorFlow's protocol buffers. */
  readonly proto: GeneratedProto;
  /** Version of the loaded bbits kernels, see `src/kernels/own`; null if none are loaded. */
  readonly ownKernels: string | null;
  /** Whether XLA compiles programs by default. */
  readonly prefersXla: boolean;
  executeSingleOutput(op: string, attributes: OpAttribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: OpAttribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
  /** Native ids of tensors; values that are still in JavaScript are first copied to native tensors. */
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(metadata: NativeTensor): tf.Tensor;
  /** Called for every tensor made from JavaScript values. */
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
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
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

/** The current backend if it is native TensorFlow, else undefined. */
export function findNativeBackend(): NativeBackend | undefined {
  const backend: unknown = tf.backend();
  return isNative(backend) ? backend : undefined;
}

/** Whether XLA compiles programs by default, as on a GPU. */
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
