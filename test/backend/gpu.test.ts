import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gpuInUse, hasNvidiaDevice, nvidiaGpuNames } from '../../src/backend/gpu.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** The tests run without a GPU, so the driver's files are fake. */
describe('an NVIDIA GPU', () => {
  const machines: [string, string[], boolean][] = [
    ['Linux with a driver', ['/dev/nvidiactl', '/proc/driver/nvidia/version'], true],
    ['WSL with a driver', ['/dev/dxg', '/usr/lib/wsl/lib/libcuda.so.1'], true],
    ['WSL without a driver', ['/dev/dxg'], false],
    ['a container without access to the machine’s GPU', ['/proc/driver/nvidia/version'], false],
    ['a machine without a driver', [], false],
  ];
  test.each(machines)('%s', (_name, files, found) => {
    expect(hasNvidiaDevice((path) => files.includes(path))).toBe(found);
  });
});

describe('the GPUs’ names', () => {
  async function nvidiaSmi(body: string): Promise<NodeJS.ProcessEnv> {
    const folder = await temporaryFolder();
    const path = join(folder, 'nvidia-smi');
    await writeFile(path, `#!${process.execPath}\n${body}`);
    await chmod(path, 0o755);
    return { PATH: folder };
  }

  test('are read from nvidia-smi', async () => {
    const env = await nvidiaSmi(`
      if (process.argv.slice(2).join(' ') !== '--query-gpu=name --format=csv,noheader') process.exit(2);
      console.log('NVIDIA H100 80GB HBM3\\nNVIDIA T4\\n');`);
    expect(await nvidiaGpuNames(env)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA T4']);
  });

  test('are empty if nvidia-smi fails or is absent', async () => {
    expect(await nvidiaGpuNames(await nvidiaSmi('process.exit(9)'))).toEqual([]);
    expect(await nvidiaGpuNames({ PATH: await temporaryFolder() })).toEqual([]);
  });
});

describe('the GPU in use', () => {
  const cases: [string[], NodeJS.ProcessEnv, string][] = [
    [[], {}, 'NVIDIA GPU'],
    [['A'], {}, 'A'],
    [['A', 'A'], { CUDA_VISIBLE_DEVICES: '1' }, 'A'],
    // TensorFlow numbers GPUs from the fastest, nvidia-smi does not, so the one in use is unknown.
    [['A', 'B', 'A'], {}, 'one of: A, B'],
    [['A', 'B'], { CUDA_VISIBLE_DEVICES: '1' }, 'one of: A, B'],
    [['A', 'B'], { CUDA_VISIBLE_DEVICES: '1,0', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }, 'B'],
    [['A', 'B'], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }, 'A'],
    [
      ['A', 'B'],
      { CUDA_VISIBLE_DEVICES: 'GPU-1f2', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' },
      'one of: A, B',
    ],
  ];
  test.each(cases)('of %j with %j is %s', (names, env, name) => {
    expect(gpuInUse(names, env)).toBe(name);
  });
});
