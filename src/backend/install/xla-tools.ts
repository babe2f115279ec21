import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { InstalledBuild } from './cache.js';
import { installCommand } from './install-command.js';

/** Files that XLA needs to compile for a GPU, in a CUDA folder such as `/usr/local/cuda`. */
const needed = [
  { name: 'ptxas', path: 'bin/ptxas', mode: constants.X_OK },
  { name: 'libdevice', path: 'nvvm/libdevice/libdevice.10.bc', mode: constants.R_OK },
] as const;

/**
 * The doctor's advice on a GPU build whose XLA cannot compile; undefined if all is well. Without XLA,
 * TensorFlow runs the training step's graph itself.
 */
export function adviceOnXla(build: InstalledBuild, env: NodeJS.ProcessEnv): string | undefined {
  if (build.manifest.variant !== 'cuda') return undefined;
  const [, named] = /--xla_gpu_cuda_data_dir=(\S+)/.exec(env['XLA_FLAGS'] ?? '') ?? [];
  const folders = [join(build.folder, 'nvidia', 'cuda_nvcc'), ...(named ? [named] : [])];
  const missing = needed.filter(
    ({ path, mode }) => !folders.some((folder) => isThere(join(folder, path), mode)),
  );
  if (missing.length === 0) return undefined;
  const again = installCommand(build.manifest, { force: true });
  return (
    `XLA cannot use ${missing.map(({ name }) => name).join(' and ')} in ${folders.join(' or ')}. Unless /usr/local/cuda ` +
    `has them, training steps are not compiled for the GPU and run more slowly. Install them again with: ${again}, ` +
    'or name the folder of another CUDA installation: XLA_FLAGS=--xla_gpu_cuda_data_dir=FOLDER'
  );
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
