import { expect, test } from 'vitest';
import type { BackendInfo } from '../../../src/backend/info.js';
import { runRecord, xlaRecord, type RunRecord } from '../../../src/runs/folder/record-file.js';
import {
  asBegun,
  asEvaluated,
  circumstanceDifferences,
  circumstancesOf,
} from '../../../src/runs/identity/circumstances.js';

const withoutTf32: BackendInfo = {
  name: 'native-gpu',
  tensorflow: '2.21.0',
  tfjs: '4.22.0',
  device: 'a GPU',
  threads: 4,
  kernels: null,
};
const onGpu: BackendInfo = { ...withoutTf32, tf32: false };
const dataset = {} as RunRecord['dataset'];
const record = (own: Parameters<typeof runRecord>[3], backend = onGpu) =>
  runRecord(1, backend, dataset, own);

test('XLA and TF32 are recorded, and a run resumes with the same settings', () => {
  const used = record({ xla: xlaRecord({ mode: 'xla' }) });
  expect(used).toMatchObject({ xla: 'used', tf32: false });
  expect(Object.fromEntries(circumstancesOf(used))).toMatchObject({ XLA: 'used', TF32: 'off' });
  expect(asBegun(used, {})).toMatchObject({ xla: true, tf32: false });
});

test('an evaluation uses XLA if the device has it, but never for a run trained without', () => {
  const used = asEvaluated(record({ xla: xlaRecord({ mode: 'xla' }) }), {});
  expect(used).not.toHaveProperty('xla');
  expect(used).toMatchObject({ tf32: false });
  expect(asEvaluated(record({}), {})).toMatchObject({ xla: false });
});

test('a graph used as a fallback from XLA counts as a graph', () => {
  const refused = record({ xla: xlaRecord({ mode: 'graph', refusedByXla: 'the op Unique' }) });
  const graph = record({ xla: xlaRecord({ mode: 'graph' }) });
  expect([refused.xla, graph.xla]).toEqual(['refused', undefined]);
  expect(circumstanceDifferences([refused, graph])).toEqual([]);
  expect(asBegun(refused, {})).toMatchObject({ xla: false });
  expect(circumstanceDifferences([graph, record({ xla: 'used' })])).toEqual([
    { name: 'XLA', values: ['not used', 'used'] },
  ]);
});

test('runs of earlier versions are taken to have used TF32 on a GPU, and no XLA', () => {
  const before = record({}, withoutTf32);
  expect(before).not.toHaveProperty('tf32');
  expect(circumstanceDifferences([before, record({}, { ...onGpu, tf32: true })])).toEqual([]);
  expect(circumstanceDifferences([before, record({})])).toEqual([
    { name: 'TF32', values: ['on', 'off'] },
  ]);
  expect(asBegun(before, {})).toMatchObject({ xla: false });
});

test('no XLA or TF32 is recorded on the CPU or WebAssembly, which lack them', () => {
  const cpu = record({}, { ...withoutTf32, name: 'native-cpu' });
  expect(cpu).not.toHaveProperty('xla');
  expect([...circumstancesOf(cpu).keys()]).not.toContain('TF32');
  const wasm = record({}, { ...withoutTf32, name: 'wasm', tensorflow: null });
  expect([...circumstancesOf(wasm).keys()]).not.toContain('XLA');
});
