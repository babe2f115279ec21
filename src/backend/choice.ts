import { UserError } from '../errors.js';
import type { InstalledBuild } from './install/cache.js';
import type { EnvironmentRequest } from './environment.js';
import { hasScripts } from './tfjs-node/has-scripts.js';

/** `auto`: the GPU if a CUDA build can use one, else the CPU; without a complete build, WebAssembly. */
export const backendNames = ['auto', 'native-gpu', 'native-cpu', 'wasm'] as const;
export type BackendName = (typeof backendNames)[number];

export interface Choice {
  readonly build: InstalledBuild;
  readonly gpu: EnvironmentRequest['gpu'];
}

/**
 * Choose the backend for a request among builds with tfjs-node's JavaScript (`hasScripts`); see
 * `chooseBuild`. A build without it is chosen only if native TensorFlow was requested by name; the error on
 * loading it says how to complete it.
 */
export function chooseBackend(
  request: BackendName,
  builds: InstalledBuild[],
  hasGpu: boolean,
): Choice | 'wasm' {
  const complete = builds.filter(hasScripts);
  if (request === 'wasm' || (request === 'auto' && complete.length === 0)) return 'wasm';
  const canServe = ({ manifest }: InstalledBuild) =>
    request !== 'native-gpu' || manifest.variant === 'cuda';
  return chooseBuild(request, complete.some(canServe) ? complete : builds, hasGpu);
}

/**
 * The build to load for a request, and whether it may see the GPU.
 *
 * @param builds installed builds, best first
 * @param hasGpu whether this machine has an NVIDIA GPU
 * @throws UserError if no installed build can serve the request, with the command that fixes it
 */
export function chooseBuild(
  request: Exclude<BackendName, 'wasm'>,
  builds: InstalledBuild[],
  hasGpu: boolean,
): Choice {
  const cpu = builds.find((build) => build.manifest.variant === 'cpu');
  const cuda = builds.find((build) => build.manifest.variant === 'cuda');
  if (request === 'native-gpu') {
    if (cuda !== undefined) return { build: cuda, gpu: 'used' };
    throw noGpuBuild(cpu !== undefined, hasGpu);
  }
  if (cuda !== undefined && request === 'auto' && hasGpu) return { build: cuda, gpu: 'used' };
  if (cpu !== undefined) return { build: cpu, gpu: 'none' };
  if (cuda !== undefined) return { build: cuda, gpu: 'hidden' };
  throw new UserError('Native TensorFlow is not installed. Install it with: bbits backend install');
}

function noGpuBuild(hasCpu: boolean, hasGpu: boolean): UserError {
  const what = hasCpu
    ? 'only a build for the CPU is installed'
    : 'native TensorFlow is not installed';
  return new UserError(
    hasGpu
      ? `Backend native-gpu was requested, but ${what}. Install the GPU build with: bbits backend install --cuda`
      : `Backend native-gpu was requested, but ${what}, and no NVIDIA GPU was found. ` +
          'Choose native-cpu or auto, or, on a machine with a GPU and its driver, run: bbits backend install --cuda',
  );
}
