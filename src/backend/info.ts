import type { InstructionSet } from './cpu.js';
import type { OneDnn } from './onednn.js';

/** The backend of this process. */
export interface BackendInfo {
  readonly name: 'native-gpu' | 'native-cpu' | 'wasm';
  /** TensorFlow's version; null with WebAssembly. */
  readonly tensorflow: string | null;
  /** The version of TensorFlow.js. */
  readonly tfjs: string;
  /** The GPU's name, or the CPU's model. */
  readonly device: string;
  /** CPU threads for one op; results are reproducible with the same number of threads. */
  readonly threads: number;
  /** The CPU's widest instruction set; absent with WebAssembly, whose results do not depend on it. */
  readonly instructionSet?: InstructionSet;
  /** Whether TensorFlow uses oneDNN's kernels. */
  readonly oneDnn?: 'on' | 'off';
  /** Whether the GPU may multiply with TF32, whose significand has 11 bits; absent without a GPU. */
  readonly tf32?: boolean;
  /** The version of bbits' own kernels, which affect the last bits of results; null if none are loaded. */
  readonly kernels: string | null;
  /** Why the backend is slower than requested or possible, and what to do, in one line. */
  readonly warning?: string;
}

export interface BackendOptions {
  /** Default: as many as this process may use. */
  readonly threads?: number | undefined;
  /** Default: the fastest on this CPU. */
  readonly oneDnn?: OneDnn;
  /** Whether a GPU may multiply with TF32; default: true, as in TensorFlow. */
  readonly tf32?: boolean | undefined;
  /** Let TensorFlow write its own log to stderr. */
  readonly tensorflowLogs?: boolean;
  /** `false`: run without bbits' own kernels, as on machines that cannot compile them. */
  readonly kernels?: false;
  /** Whether XLA compiles the training steps if it can; default: only on a GPU. */
  readonly xla?: boolean;
}
