import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from '../../errors.js';

/** The part of onnxruntime's interface that is used here. */
export interface Onnxruntime {
  readonly Tensor: new (
    type: 'float32',
    values: Float32Array,
    shape: readonly number[],
  ) => OnnxTensor;
  readonly InferenceSession: {
    create(file: Uint8Array, options: SessionOptions): Promise<OnnxSession>;
  };
}

export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int8Array | Uint8Array | Int16Array | Uint16Array;
}

export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Settings by group: `{ session: { disable_quant_qdq: '1' } }`. */
  readonly extra?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** 3: errors only. */
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
}

/** Load onnxruntime. @param folder from `installOnnxruntime` @throws UserError if it does not load */
export function loadOnnxruntime(folder: string): Onnxruntime {
  try {
    return createRequire(join(folder, 'any.js'))('onnxruntime-node') as Onnxruntime;
  } catch (cause) {
    throw new UserError(
      `onnxruntime in ${folder} cannot be loaded: ${(cause as Error).message}. ` +
        'Delete that folder, and the next check downloads it again.',
      1,
      { cause },
    );
  }
}
