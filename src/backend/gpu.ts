import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** Where the kernel shows an NVIDIA driver: Linux, containers, and WSL (whose device is dxg). */
const deviceFiles = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'];

/** Is there an NVIDIA GPU with a driver? Cheap: a look at device files, no process is started. */
export function hasNvidiaDevice(): boolean {
  return process.platform === 'linux' && deviceFiles.some((path) => existsSync(path));
}

/** The GPUs' names as `nvidia-smi` gives them, in its order; empty where it finds none or is absent. */
export async function nvidiaGpuNames(): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      ['--query-gpu=name', '--format=csv,noheader'],
      { timeout: 10_000 },
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
 * Name of the GPU that TensorFlow uses: its first visible one.
 *
 * @param visible CUDA_VISIBLE_DEVICES: a list of indices, or of UUIDs, which are not resolved here.
 */
export function firstVisibleGpu(
  names: string[],
  visible = process.env['CUDA_VISIBLE_DEVICES'],
): string {
  const index = visible === undefined || visible === '' ? 0 : Number(visible.split(',')[0]);
  return names[index] ?? names[0] ?? 'NVIDIA GPU';
}
