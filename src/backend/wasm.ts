import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors.js';
import { cpuModel } from './cpu.js';
import type { BackendInfo } from './info.js';
import { registerWasmKernels } from '../kernels/wasm/register.js';

const require = createRequire(import.meta.url);

/**
 * Make WebAssembly the backend of TensorFlow.js: one thread, the SIMD binary from node_modules. It needs
 * nothing but Node.
 *
 * @throws UserError if the binary cannot be loaded
 */
export async function startWasm(): Promise<BackendInfo> {
  const removeHandlers = rememberHandlers();
  require('#tfjs-gradients');
  const wasm =
    require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  registerWasmKernels();
  if (!(await tf.setBackend('wasm'))) {
    throw new UserError(
      'TensorFlow.js could not load its WebAssembly binary from node_modules. Install bbits again.',
    );
  }
  removeHandlers();
  refuseToRunOut(tf.backend() as unknown as Memory);
  return {
    name: 'wasm',
    tensorflow: null,
    tfjs: wasm.version_wasm,
    device: cpuModel(),
    threads: 1,
    kernels: null,
  };
}

/**
 * Remember the process's error handlers. The backend's loader adds its own, which make Node print 30 kB of
 * source in one line.
 *
 * @returns a function that removes all handlers added since
 */
function rememberHandlers(): () => void {
  const emitter: NodeJS.EventEmitter = process;
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = new Set(events.flatMap((event) => emitter.listeners(event)));
  return () => {
    for (const event of events) {
      for (const listener of emitter.listeners(event)) {
        if (!before.has(listener)) emitter.removeListener(event, listener as () => void);
      }
    }
  };
}

/** The part of the backend that allocates memory for tensors. */
interface Memory {
  readonly wasm: { _malloc(bytes: number): number; _free(address: number): void };
}

/** WebAssembly's largest memory, and the part reserved for the kernels' own use, in bytes. */
const mostMemory = 2 ** 32;
const headroom = 2 ** 28;

/** Throw when memory runs out: the backend would go on with overlapping tensors or write out of bounds. */
export function refuseToRunOut({ wasm }: Memory): void {
  // Until its first call `_malloc` is a stub, which then replaces itself with the real function.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc.bind(wasm);
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    // Addresses are returned as signed integers.
    const isFull = address === 0 || (address >>> 0) + bytes > mostMemory - headroom;
    if (isFull && bytes > 0) {
      throw new UserError(
        'WebAssembly is out of memory: it can use at most 4 GB. Try a smaller training.batchSize, or native ' +
          'TensorFlow: bbits backend install',
      );
    }
    return address;
  };
}
