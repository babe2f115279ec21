import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startSteps, type StepProcess } from './step-process.js';
import type { Suite } from './suites.js';

const python = process.env['PYTHON'] ?? 'python3';

/** Whether `$PYTHON` (or python3) has PyTorch. */
export function hasPytorch(): boolean {
  return spawnSync(python, ['-c', 'import torch']).status === 0;
}

export function startPytorch(
  { model, batchSize }: Suite,
  layout: 'contiguous' | 'channels_last',
): StepProcess {
  return startPytorchScript('pytorch_step.py', [model, String(batchSize), layout]);
}

/** Starts a script of this folder: see `startSteps`. */
export function startPytorchScript(script: string, args: readonly string[]): StepProcess {
  return startSteps(python, [fileURLToPath(new URL(script, import.meta.url)), ...args]);
}
