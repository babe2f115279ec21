import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { tensorflowEnvironment, threadsOf } from '../../src/backend/environment.js';

test('threads are set for all pools, logs are off, GPU memory grows', () => {
  expect(tensorflowEnvironment({ threads: 3, gpu: 'none' }, {})).toEqual({
    TF_NUM_INTRAOP_THREADS: '3',
    TF_NUM_INTEROP_THREADS: '3',
    OMP_NUM_THREADS: '3',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_CPP_MIN_LOG_LEVEL: '3',
  });
});

test('the default is as many threads as the process may use', () => {
  const { TF_NUM_INTRAOP_THREADS } = tensorflowEnvironment({ gpu: 'none' }, {});
  expect(TF_NUM_INTRAOP_THREADS).toBe(String(availableParallelism()));
});

test('what the user set stays, and the other pools follow it', () => {
  const env = { TF_NUM_INTRAOP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '0', CUDA_VISIBLE_DEVICES: '1' };
  expect(tensorflowEnvironment({ threads: 4, gpu: 'hidden' }, env)).toEqual({
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  });
});

test('TensorFlow’s own log comes when it is asked for', () => {
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

test('the threads of an environment; 0, nothing and nonsense mean all', () => {
  expect(threadsOf({ TF_NUM_INTRAOP_THREADS: '5' })).toBe(5);
  for (const value of ['0', '', 'many', undefined]) {
    const env = value === undefined ? {} : { TF_NUM_INTRAOP_THREADS: value };
    expect(threadsOf(env)).toBe(availableParallelism());
  }
});
