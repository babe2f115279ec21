import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startSteps, type StepProcess } from './step-process.js';
import type { Suite } from './suites.js';

const script = fileURLToPath(new URL('pytorch_step.py', import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';

/** Whether `$PYTHON` (or python3) has PyTorch. */
export function hasPytorch(): boolean {
  return spawnSync(python, ['-c', 'import torch']).status === 0;
}

export function startPytorch(
  { model, batchSize }: Suite,
  layout: 'contiguous' | 'channels_last',
  device: 'cpu' | 'cuda' | 'cuda-graph' = 'cpu',
): StepProcess {
  return startSteps(python, [script, model, String(batchSize), layout, device]);
}
