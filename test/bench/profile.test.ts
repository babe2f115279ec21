import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { loadProfiler, type ProfilerAddon } from '../../bench/profile/addon.js';
import { chromeTrace } from '../../bench/profile/chrome-trace.js';
import { rowsOf } from '../../bench/profile/rows.js';
import { kernelRuns } from '../../bench/profile/step-stats.js';
import { timedStep, type TimedStep } from '../../bench/profile/timed-step.js';
import { measured, noiseDataset } from '../../bench/step.js';
import { findSuite } from '../../bench/suites.js';
import { run } from '../../src/commands/child.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { startNative } from '../helpers/test-backend.js';

const suite = findSuite('lenet5', 1 / 16, 3);
const setting = suite?.settings['as a run starts (8 bits)'];
if (!suite || !setting) throw new Error('no such suite');

let addon: ProfilerAddon;
let traced: TimedStep;
let withoutTrace: TimedStep;

beforeAll(async () => {
  addon = await loadProfiler();
  await startNative();
  const program = measured(suite, setting, noiseDataset(suite));
  program.step();
  traced = timedStep(program, addon, { isTraced: true });
  withoutTrace = timedStep(program, addon, { isTraced: false });
  program.dispose();
});

const rates = { operations: 1e9, bytes: 1e9 };

test('lists every executed kernel in its table, by op', () => {
  const kernels = kernelRuns(traced.run[2]);
  const { rows } = rowsOf(traced, rates);
  const inTable = rows.filter(({ kind }) => kind === 'kernel');
  expect(inTable.reduce((sum, { runs }) => sum + runs, 0)).toBe(kernels.length);
  const runsOf = (op: string) => inTable.find(({ name }) => name === op)?.runs;
  // The weights and biases of four layers, each with Adam's two moments.
  expect(runsOf('AssignVariableOp')).toBe(4 * 2 * 3);
  const convolutions = inTable.filter(({ name }) => name.includes('Conv2D'));
  expect(convolutions.reduce((sum, { runs }) => sum + runs, 0)).toBe(5);
});

test('accounts for the whole step', () => {
  const { rows, traceMs } = rowsOf(traced, rates);
  const sum = rows.reduce((sum, { ms }) => sum + ms, traceMs);
  expect(sum).toBeCloseTo(traced.ms, 6);
  expect(rows.filter(({ ms }) => !(ms >= 0))).toEqual([]);
});

test('derives the work of convolutions and matrix products from their shapes', () => {
  const [conv1, conv2, fc1, fc2] = [24 * 24 * 2 * 25, 8 * 8 * 4 * 25 * 2, 64 * 32, 32 * 10];
  const operations = (macs: number) => 2 * 3 * macs;
  const { rows } = rowsOf(traced, { operations: 1000, bytes: Infinity });
  const floorOf = (pattern: RegExp) =>
    rows.filter(({ name }) => pattern.test(name)).reduce((sum, { floorMs }) => sum + floorMs, 0);
  // The forward pass and the gradients for the filter and, except in the first layer, for the input.
  expect(floorOf(/Conv2D/)).toBeCloseTo(operations(2 * conv1 + 3 * conv2), 6);
  expect(floorOf(/MatMul/)).toBeCloseTo(operations(3 * (fc1 + fc2)), 6);
});

test('derives the bytes moved by each pass', () => {
  const { rows } = rowsOf(traced, { operations: Infinity, bytes: 1000 });
  expect(rows.filter(({ floorMs }) => !Number.isFinite(floorMs))).toEqual([]);
  const pools = rows.filter(({ name }) => /MaxPool(?!.*Grad)/.test(name));
  const read = 4 * 3 * (24 * 24 * 2 + 8 * 8 * 4);
  const floor = pools.reduce((sum, { floorMs }) => sum + floorMs, 0);
  expect(floor).toBeGreaterThanOrEqual(1.25 * read);
  expect(floor).toBeLessThan(2 * read);
});

test('traces only on request', () => {
  const [start, end, metadata] = withoutTrace.run;
  expect(end).toBeGreaterThan(start);
  expect(metadata).toHaveLength(0);
});

test('writes a trace that browsers can show', () => {
  const kernels = kernelRuns(traced.run[2]);
  const { traceEvents } = JSON.parse(chromeTrace(kernels, traced.run[0])) as {
    traceEvents: { ph: string; ts: number; dur: number; name: string }[];
  };
  expect(traceEvents).toHaveLength(kernels.length);
  const length = Number(traced.run[1] - traced.run[0]) / 1000;
  for (const { ph, ts, dur, name } of traceEvents) {
    expect(ph).toBe('X');
    expect(name).toMatch(/^\w+$/);
    expect(ts).toBeGreaterThanOrEqual(0);
    expect(dur).toBeGreaterThanOrEqual(0);
    expect(ts + dur).toBeLessThanOrEqual(length);
  }
});

test('leaves the backend unchanged', () => {
  expect(tf.tidy(() => Array.from(tf.add([1], [2]).dataSync()))).toEqual([3]);
});

test('runs as a command', async () => {
  const trace = join(await temporaryFolder(), 'step.json');
  const args = ['tsx', 'bench/run.ts', 'profile', 'lenet5', 'full', '--width', '0.0625'];
  const options = ['--batch', '3', '--threads', '1', '--trace', trace];
  // Children inherit the number of threads from this process's backend.
  const unset = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS', 'OMP_NUM_THREADS'];
  const env = { ...process.env, ...Object.fromEntries(unset.map((name) => [name, undefined])) };
  const { code, stdout, stderr } = await run('npx', [...args, ...options, '--json'], { env });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { setting, rows, floor, backend } = JSON.parse(stdout) as Record<string, unknown>;
  expect(setting).toBe('full precision');
  expect(backend).toMatchObject({ threads: 1 });
  expect(floor).toMatchObject({ quantizersMs: 0 });
  const events = JSON.parse(await readFile(trace, 'utf8')) as { traceEvents: { name: string }[] };
  const names = (rows as { name: string; kind: string }[])
    .filter(({ kind }) => kind === 'kernel')
    .map(({ name }) => name);
  expect(new Set(names)).toEqual(new Set(events.traceEvents.map(({ name }) => name)));
});
