import type { InstructionSet } from './cpu.js';
import type { OneDnn } from './onednn.js';

/** The backend of this process. */
export interface BackendInfo {
  name: 'native-gpu' | 'native-cpu' | 'wasm';
  /** TensorFlow's version; null with WebAssembly. */
  tensorflow: string | null;
  /** The version of TensorFlow.js. */
  tfjs: string;
  /** The GPU's name, or the CPU's model. */
  device: string;
  /** CPU threads for one op; results are reproducible with the same number of threads. */
  threads: number;
  /** The CPU's widest instruction set; absent with WebAssembly, whose results do not depend on it. */
  instructionSet?: InstructionSet;
  /** Whether TensorFlow uses oneDNN's kernels. */
  oneDnn?: 'on' | 'off';
  /** Whether the GPU may multiply with TF32, whose significand has 11 bits; absent without a GPU. */
  tf32?: boolean;
  /** The version of bbits' own kernels, which affect the last bits of results; null if none are loaded. */
  kernels: string | null;
  /** Why the backend is slower than requested or possible, and what to do, in one line. */
  warning?: string;
}

export interface BackendOptions {
  /** Default: as many as this process may use. */
  threads?: number | undefined;
  /** Default: the fastest on this CPU. */
  oneDnn?: OneDnn;
  /** Whether a GPU may multiply with TF32; default: true, as in TensorFlow. */
  tf32?: boolean | undefined;
  /** Let TensorFlow write its own log to stderr. */
  tensorflowLogs?: boolean;
  /** `false`: run without bbits' own kernels, as on machines that cannot compile them. */
  kernels?: false;
  /** Whether XLA compiles the training steps if it can; default: only on a GPU. */
  xla?: boolean;
}
