import type { InstructionSet } from './cpu.js';
import type { OneDnn } from './onednn.js';

/** What computes in this process. */
export interface BackendInfo {
  name: 'native-gpu' | 'native-cpu' | 'wasm';
  /** TensorFlow's version; WebAssembly has none: null. */
  tensorflow: string | null;
  /** TensorFlow.js' version. */
  tfjs: string;
  /** The GPU's name, or the CPU's model. */
  device: string;
  /** Threads that one op may use on the CPU; results are reproducible for equal numbers. */
  threads: number;
  /** Of the CPU; absent on WebAssembly, which computes alike on all. */
  instructionSet?: InstructionSet;
  /** Whether TensorFlow computes with oneDNN's kernels. */
  oneDnn?: 'on' | 'off';
  /** Whether the GPU may multiply with TF32's 11 bits of mantissa; absent where there is none. */
  tf32?: boolean;
  /** Version of bbits' own kernels, on which the last bits of results depend; null: none are loaded. */
  kernels: string | null;
  /** Where `auto` took less than there might be: why, and what to do, in one line. */
  warning?: string;
}

export interface BackendOptions {
  /** Default: as many as this process may use. */
  threads?: number | undefined;
  /** Default: what is fastest on this CPU. */
  oneDnn?: OneDnn;
  /** Whether a GPU may multiply with TF32; default: as TensorFlow does, it may. */
  tf32?: boolean | undefined;
  /** Let TensorFlow write its own log to stderr. */
  tensorflowLogs?: boolean;
  /** `false`: without bbits' own kernels, as where they cannot be compiled. */
  kernels?: false;
  /** Whether XLA compiles the steps of training, where it can; default: on a GPU. */
  xla?: boolean;
}
