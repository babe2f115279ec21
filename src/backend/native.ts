import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import type * as tfjs from '@tensorflow/tfjs-core';
import { UserError } from '../errors.js';
import { bindingPath, type InstalledBuild } from './install/cache.js';
import type { BackendName, Choice } from './choice.js';
import { cpuFlags, cpuModel, instructionSet } from './cpu.js';
import { tensorflowEnvironment, tf32In, threadsOf } from './environment.js';
import { gpuInUse, nvidiaGpuNames } from './gpu.js';
import type { BackendInfo, BackendOptions } from './info.js';
import { oneDnnIn } from './onednn.js';
import { kernelsFile, quietFile } from './install/recipe.js';
import { tfjsNodeIn } from './tfjs-node/load.js';
import { tfjsNode } from './tfjs-node/recipe.js';
import { requireScripts } from './tfjs-node/has-scripts.js';
import { kernelsVersion } from '../kernels/own/version.js';

/** The part of the compiled binding that is used here. */
interface Binding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}
type NodeBackend = new (binding: Binding, packageName: string) => tfjs.KernelBackend;

/**
 * Load native TensorFlow into this process and make it the backend of TensorFlow.js.
 *
 * Sets environment variables for TensorFlow (see `tensorflowEnvironment`), except those that the user has
 * set; child processes inherit them.
 *
 * @throws UserError if the build cannot be loaded, or would not use the requested device
 */
export async function startNative(
  request: BackendName,
  choice: Choice,
  hasGpu: boolean,
  options: BackendOptions,
): Promise<BackendInfo> {
  Object.assign(process.env, tensorflowEnvironment({ ...options, gpu: choice.gpu }));

  requireScripts(choice.build);
  const binding = loadBinding(choice.build, options.tensorflowLogs !== true);
  const usesGpu = binding.isUsingGpuDevice();
  requireRequested(request, usesGpu, hasGpu);
  const kernels = options.kernels === false || usesGpu ? null : loadKernels(choice.build);
  await register(binding, choice.build, {
    ownKernels: kernels,
    prefersXla: options.xla ?? usesGpu,
  });

  const warning = hasGpu && !usesGpu && request === 'auto' ? unusedGpu(choice) : undefined;
  return {
    name: usesGpu ? 'native-gpu' : 'native-cpu',
    tensorflow: binding.TF_Version,
    tfjs: choice.build.manifest.tfjs,
    device: usesGpu ? gpuInUse(await nvidiaGpuNames()) : cpuModel(),
    threads: threadsOf(process.env),
    instructionSet: instructionSet(),
    oneDnn: oneDnnIn(process.env, cpuFlags()),
    kernels,
    ...(usesGpu ? { tf32: tf32In(process.env) } : {}),
    ...(warning === undefined ? {} : { warning }),
  };
}

const require = createRequire(import.meta.url);

function loadBinding(build: InstalledBuild, quietly: boolean): Binding {
  const path = bindingPath(build);
  const quiet = join(build.folder, quietFile);
  try {
    if (quietly && existsSync(quiet)) require(quiet); // See quiet.ts.
    return require(path) as Binding;
  } catch (cause) {
    throw new UserError(
      `TensorFlow could not be loaded from ${path}: ${cause instanceof Error ? cause.message : String(cause)}\n` +
        'See what is wrong with: bbits backend doctor',
      1,
      { cause },
    );
  }
}

/**
 * Load bbits' own CPU operations (`src/kernels/native`) and return their version; null if the build has none
 * or they do not load. In that case TensorFlow's operations are used, and `bbits backend doctor` says so.
 */
function loadKernels(build: InstalledBuild): string | null {
  const path = join(build.folder, kernelsFile);
  if (!existsSync(path)) return null;
  try {
    require(path);
  } catch {
    return null;
  }
  return kernelsVersion;
}

/** Do what the index of `@tensorflow/tfjs-node-gpu` does, with the binding from the cache. */
async function register(
  binding: Binding,
  { folder }: InstalledBuild,
  own: { readonly ownKernels: string | null; readonly prefersXla: boolean },
): Promise<void> {
  // tfjs-node 4.22 calls these two: Node 23 removed them, and Node 22 warns at the first use of each.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: (value: unknown) => Array.isArray(value),
  });
  const tf = await import('@tensorflow/tfjs-core');
  const { registerMaxPoolGradient } = await import('../kernels/own/max-pool-gradient.js');
  require('#tfjs-gradients');
  const fromTfjsNode = tfjsNodeIn(folder);
  fromTfjsNode('dist/register_all_kernels.js');
  const { NodeJSKernelBackend } = fromTfjsNode('dist/nodejs_kernel_backend.js') as {
    NodeJSKernelBackend: NodeBackend;
  };
  const proto = fromTfjsNode('dist/proto/api_pb.js');
  if (tf.getKernelsForBackend('tensorflow').length === 0) {
    throw new UserError(
      'TensorFlow.js is in node_modules more than once: its kernels were registered in another copy of @tensorflow/tfjs-core. Install bbits again.',
    );
  }
  tf.registerBackend(
    'tensorflow',
    () => Object.assign(new NodeJSKernelBackend(binding, tfjsNode.name), { ...own, proto }),
    3,
  );
  registerMaxPoolGradient();
  if (!(await tf.setBackend('tensorflow'))) {
    throw new Error('TensorFlow.js refused the backend "tensorflow".');
  }
}

function requireRequested(request: BackendName, usesGpu: boolean, hasGpu: boolean): void {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  if (request === 'native-gpu' && !usesGpu) {
    const found = !hasGpu
      ? 'no NVIDIA GPU with a driver was found on this machine'
      : visible === '-1' || visible === ''
        ? `CUDA_VISIBLE_DEVICES=${visible} hides the GPU`
        : "TensorFlow could not use this machine's NVIDIA GPU (a CUDA library is missing, or the driver is too old)";
    throw new UserError(
      `Backend native-gpu was requested, but ${found}. See what is missing with: bbits backend doctor --backend native-gpu`,
    );
  }
  if (request === 'native-cpu' && usesGpu) {
    throw new UserError(
      `Backend native-cpu was requested, but CUDA_VISIBLE_DEVICES=${visible ?? ''} makes a GPU visible to TensorFlow. ` +
        'Unset it, or install the build for the CPU with: bbits backend install --cpu',
    );
  }
}

function unusedGpu(choice: Choice): string {
  return choice.build.manifest.variant === 'cuda'
    ? 'There is an NVIDIA GPU, but TensorFlow cannot use it. See why with: bbits backend doctor --backend native-gpu'
    : 'There is an NVIDIA GPU, but only the build for the CPU is installed. To use the GPU: bbits backend install --cuda';
}
