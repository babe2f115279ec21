import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cpuFlags, type InstructionSet } from '../../src/backend/cpu.js';
import { bestOneDnn, oneDnnIn, oneDnnVariable, type OneDnn } from '../../src/backend/onednn.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { tensorflowEnvironment, tf32In, threadsOf } from '../../src/backend/environment.js';

test('threads are set for all pools, logs are off, GPU memory grows', () => {
  expect(tensorflowEnvironment({ threads: 3, gpu: 'none', oneDnn: 'tensorflow' }, {})).toEqual({
    TF_NUM_INTRAOP_THREADS: '3',
    TF_NUM_INTEROP_THREADS: '3',
    OMP_NUM_THREADS: '3',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_CPP_MIN_LOG_LEVEL: '3',
  });
});

test('the default number of threads is the number of CPUs available to the process', () => {
  const { TF_NUM_INTRAOP_THREADS } = tensorflowEnvironment({ gpu: 'none' }, {});
  expect(TF_NUM_INTRAOP_THREADS).toBe(String(availableParallelism()));
});

test('the user’s setting stays, and the other pools follow it', () => {
  const env = { TF_NUM_INTRAOP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '0', CUDA_VISIBLE_DEVICES: '1' };
  expect(tensorflowEnvironment({ threads: 4, gpu: 'hidden', oneDnn: 'tensorflow' }, env)).toEqual({
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  });
});

test('TensorFlow’s own log is shown on request', () => {
  const environment = tensorflowEnvironment({ gpu: 'none', tensorflowLogs: true }, {});
  expect(environment).not.toHaveProperty('TF_CPP_MIN_LOG_LEVEL');
});

test('a GPU computes reproducibly, or is hidden', () => {
  expect(tensorflowEnvironment({ gpu: 'used' }, {})).toMatchObject({ TF_DETERMINISTIC_OPS: '1' });
  expect(tensorflowEnvironment({ gpu: 'used' }, {})).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
  expect(tensorflowEnvironment({ gpu: 'hidden' }, {})).toMatchObject({
    CUDA_VISIBLE_DEVICES: '-1',
  });
});

test('TF32 is turned off for a GPU, in NVIDIA’s libraries and in XLA’s own matrix products', () => {
  const off = tensorflowEnvironment({ gpu: 'used', tf32: false }, {});
  expect(off).toMatchObject({
    NVIDIA_TF32_OVERRIDE: '0',
    XLA_FLAGS: '--xla_gpu_enable_triton_gemm=false',
  });
  expect(tf32In(off)).toBe(false);
  for (const tf32 of [true, undefined]) {
    const on = tensorflowEnvironment({ gpu: 'used', tf32 }, {});
    expect(on).not.toHaveProperty('NVIDIA_TF32_OVERRIDE');
    expect(on).not.toHaveProperty('XLA_FLAGS');
    expect(tf32In(on)).toBe(true);
  }
  expect(tensorflowEnvironment({ gpu: 'none', tf32: false }, {})).not.toHaveProperty('XLA_FLAGS');
});

test('the user’s XLA flags stay and take precedence', () => {
  const flagsWith = (flags: string) =>
    tensorflowEnvironment({ gpu: 'used', tf32: false }, { XLA_FLAGS: flags })['XLA_FLAGS'];
  expect(flagsWith('--xla_gpu_cuda_data_dir=/cuda')).toBe(
    '--xla_gpu_cuda_data_dir=/cuda --xla_gpu_enable_triton_gemm=false',
  );
  expect(flagsWith('')).toBe('--xla_gpu_enable_triton_gemm=false');
  expect(flagsWith('--xla_gpu_enable_triton_gemm=true')).toBeUndefined();
  expect(
    tensorflowEnvironment({ gpu: 'used' }, { XLA_FLAGS: '--xla_gpu_cuda_data_dir=/cuda' }),
  ).not.toHaveProperty('XLA_FLAGS');
});

test('the number of threads is read from the environment; 0, unset and invalid values mean all', () => {
  expect(threadsOf({ TF_NUM_INTRAOP_THREADS: '5' })).toBe(5);
  for (const value of ['0', '', 'many', undefined]) {
    const env = value === undefined ? {} : { TF_NUM_INTRAOP_THREADS: value };
    expect(threadsOf(env)).toBe(availableParallelism());
  }
});

test.each<[OneDnn, string | undefined]>([
  ['on', '1'],
  ['off', '0'],
  ['tensorflow', undefined],
])('oneDNN %s', (oneDnn, expected) => {
  expect(tensorflowEnvironment({ gpu: 'none', oneDnn }, {})[oneDnnVariable]).toBe(expected);
  const users = { [oneDnnVariable]: '0' };
  expect(tensorflowEnvironment({ gpu: 'none', oneDnn }, users)).not.toHaveProperty(oneDnnVariable);
});

test('oneDNN is on where it was measured to be faster, otherwise at TensorFlow’s default', () => {
  const sets: InstructionSet[] = [
    'AVX-512 VNNI',
    'AVX-512',
    'AVX2',
    'AVX',
    'SSE4.1',
    'NEON',
    'unknown',
  ];
  expect(sets.map(bestOneDnn)).toEqual([
    ...['on', 'on', 'on'],
    ...['tensorflow', 'tensorflow', 'tensorflow', 'tensorflow'],
  ]);
});

test('the oneDNN variable is read as TensorFlow reads it, set or not', () => {
  const vnni = new Set(['avx2', 'avx512_vnni']);
  const avx2 = new Set(['avx2']);
  expect(oneDnnIn({}, vnni)).toBe('on');
  expect(oneDnnIn({}, avx2)).toBe('off');
  expect(oneDnnIn({ [oneDnnVariable]: '1' }, avx2)).toBe('on');
  expect(oneDnnIn({ [oneDnnVariable]: '0' }, vnni)).toBe('off');
  expect(oneDnnIn({ [oneDnnVariable]: 'yes' }, avx2)).toBe('off');
});

test('CPU flags are read from the first core', async () => {
  const path = join(await temporaryFolder(), 'cpuinfo');
  await writeFile(path, 'processor\t: 0\nflags\t\t: fpu avx avx2\nbugs\t:\n\nflags\t\t: fpu\n');
  expect([...cpuFlags(path)]).toEqual(['fpu', 'avx', 'avx2']);
  expect(cpuFlags(join(path, 'none')).size).toBe(0);
});
