import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Where an NVIDIA driver that can be used shows: on Linux and in containers that were given a GPU, and
 * in WSL. (`/proc/driver/nvidia` shows in every container of a machine with a GPU, `/dev/dxg` in every WSL.)
 */
const driverFiles = ['/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'];

/** Is there an NVIDIA GPU with a driver? Cheap: a look at device files, no process is started. */
export function hasNvidiaDevice(exists: (path: string) => boolean = existsSync): boolean {
  return driverFiles.some((path) => exists(path));
}

/** The GPUs' names as `nvidia-smi` gives them, in its order; empty where it finds none or is absent. */
export async function nvidiaGpuNames(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      ['--query-gpu=name', '--format=csv,noheader'],
      { env, timeout: 10_000 },
    );
    return stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch {
    return []; // Not installed, or no driver: either way no GPU that can be used.
  }
}

/**
 * Name of the GPU that TensorFlow uses: its first visible one. TensorFlow counts unlike GPUs from the
 * fastest and `nvidia-smi` by their place in the machine, so that several names may come back.
 */
export function gpuInUse(names: string[], env: NodeJS.ProcessEnv = process.env): string {
  const kinds = [...new Set(names)];
  if (kinds.length <= 1) return kinds[0] ?? 'NVIDIA GPU';
  const index = Number(env['CUDA_VISIBLE_DEVICES']?.split(',')[0] ?? 0);
  const known = env['CUDA_DEVICE_ORDER'] === 'PCI_BUS_ID' ? names[index] : undefined;
  return known ?? `one of: ${kinds.join(', ')}`;
}
