import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Suite } from './suites.js';

const script = fileURLToPath(new URL('pytorch_step.py', import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';

/** Whether `$PYTHON` (or python3) has PyTorch. */
export function hasPytorch(): boolean {
  return spawnSync(python, ['-c', 'import torch']).status === 0;
}

export interface PytorchSteps {
  /** Runs so many steps; gives the milliseconds of each. */
  run(steps: number): Promise<number[]>;
  close(): void;
}

export function startPytorch(
  { model, batchSize }: Suite,
  layout: 'contiguous' | 'channels_last',
): PytorchSteps {
  const child = spawn(python, [script, model, String(batchSize), layout], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async run(steps) {
      child.stdin.write(`${steps}\n`);
      const answer = (await lines.next()) as IteratorResult<string, undefined>;
      if (answer.done) throw new Error(`${script} ended before its answer`);
      return JSON.parse(answer.value) as number[];
    },
    close() {
      child.stdin.end();
    },
  };
}
