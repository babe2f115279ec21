import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { layouts } from './ratios.js';
import { startSteps, type StepProcess } from './step-process.js';
import type { Suite } from './suites.js';

const python = process.env['PYTHON'] ?? 'python3';

/** Whether `$PYTHON` (or python3) has PyTorch. */
export function hasPytorch(): boolean {
  return spawnSync(python, ['-c', 'import torch']).status === 0;
}

export function startPytorch(
  { model, width, batchSize }: Suite,
  layout: (typeof layouts)[number],
  threads: number,
  device: 'cpu' | 'cuda' | 'cuda-graph' = 'cpu',
): StepProcess {
  const options = { model, width, batch: batchSize, layout, threads, device };
  return startPytorchScript(
    'pytorch-step.py',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  );
}

/** Start a script of this folder: see `startSteps`. */
export function startPytorchScript(script: string, args: readonly string[]): StepProcess {
  return startSteps(python, [fileURLToPath(new URL(script, import.meta.url)), ...args]);
}
