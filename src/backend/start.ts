import { UserError } from '../errors.js';
import { cacheRoot, listBuilds, type InstalledBuild } from './install/cache.js';
import { chooseBackend, type BackendName } from './choice.js';
import { hasNvidiaDevice } from './gpu.js';
import type { BackendInfo, BackendOptions } from './info.js';
import { findPlatform, supportedPlatform } from './install/platform.js';
import { defaultTensorflow } from './install/recipe.js';
import { insteadOfNative } from './slower.js';
import { hasScripts } from './tfjs-node/has-scripts.js';

export type { BackendName } from './choice.js';
export type { BackendInfo, BackendOptions } from './info.js';

let running: { request: BackendName; info: Promise<BackendInfo> } | undefined;

/**
 * Load a backend into this process and register it with TensorFlow.js: WebAssembly for `wasm`, or for `auto`
 * if no complete native TensorFlow is installed; otherwise native TensorFlow. Idempotent: a process has one
 * backend, and later calls return the same information.
 *
 * @throws UserError if native TensorFlow is not installed or cannot be loaded, if it would not use the
 *   requested device, or if another backend already runs
 */
export async function startBackend(
  request: BackendName,
  options: BackendOptions = {},
): Promise<BackendInfo> {
  if (running === undefined) {
    const info = start(request, options);
    running = { request, info };
    // After a failure before TensorFlow was loaded (nothing installed), another attempt may succeed.
    info.catch(() => (running = undefined));
  }
  const info = await running.info;
  if (request !== 'auto' && request !== info.name) {
    throw new UserError(
      `Backend ${request} was requested, but ${info.name} already runs in this process. Use one backend per process.`,
    );
  }
  return info;
}

/** `startBackend` for work that needs no GPU: native TensorFlow if it is complete, else WebAssembly. */
export async function startOnCpu(): Promise<BackendInfo> {
  const builds = await installedBuilds();
  return startBackend(builds.some(hasScripts) ? 'native-cpu' : 'wasm');
}

/** The builds installed on this machine, best first. */
export async function installedBuilds(root = cacheRoot()): Promise<InstalledBuild[]> {
  const platform = findPlatform();
  return platform === undefined ? [] : listBuilds(root, platform.id, defaultTensorflow);
}

async function start(request: BackendName, options: BackendOptions): Promise<BackendInfo> {
  if (request === 'native-cpu' || request === 'native-gpu') supportedPlatform();
  const hasGpu = hasNvidiaDevice();
  const builds = await installedBuilds();
  const choice = chooseBackend(request, builds, hasGpu);
  if (choice !== 'wasm') {
    const { startNative } = await import('./native.js');
    return startNative(request, choice, hasGpu, options);
  }
  const { startWasm } = await import('./wasm.js');
  const info = await startWasm();
  const warnings = [
    (options.threads ?? 1) > 1
      ? `WebAssembly uses 1 thread, not the requested ${options.threads}.`
      : '',
    // Last, because it ends in a command.
    request === 'auto' ? insteadOfNative(builds) : '',
  ].filter((text) => text !== '');
  return warnings.length === 0 ? info : { ...info, warning: warnings.join(' ') };
}
