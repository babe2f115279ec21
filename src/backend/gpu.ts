import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Files that show a usable NVIDIA driver: on Linux, including containers with a GPU, and in WSL.
 * (`/proc/driver/nvidia` exists in every container of a machine with a GPU, `/dev/dxg` in every WSL.)
 */
const driverFiles = ['/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'];

/** Whether there is an NVIDIA GPU with a driver. Cheap: looks at device files and starts no process. */
export function hasNvidiaDevice(exists: (path: string) => boolean = existsSync): boolean {
  return driverFiles.some((path) => exists(path));
}

/** The GPUs' names in the order of `nvidia-smi`; empty if it finds none or is absent. */
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
    return []; // Not installed, or no driver: either way no usable GPU.
  }
}

/**
 * The name of the GPU that TensorFlow uses, the first visible one. TensorFlow orders different GPUs by speed
 * and `nvidia-smi` by PCI bus, so the result may name several.
 */
export function gpuInUse(names: string[], env: NodeJS.ProcessEnv = process.env): string {
  const kinds = [...new Set(names)];
  if (kinds.length <= 1) return kinds[0] ?? 'NVIDIA GPU';
  const index = Number(env['CUDA_VISIBLE_DEVICES']?.split(',')[0] ?? 0);
  const known = env['CUDA_DEVICE_ORDER'] === 'PCI_BUS_ID' ? names[index] : undefined;
  return known ?? `one of: ${kinds.join(', ')}`;
}
