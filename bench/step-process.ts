import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Training steps in a separate process. */
export interface StepProcess {
  /** Run steps and return the milliseconds of each. */
  run(steps: number): Promise<number[]>;
  close(): void;
}

/** Start a program that reads step counts and answers each with a line of JSON: the steps' times. */
export function startSteps(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): StepProcess {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async run(steps) {
      child.stdin.write(`${steps}\n`);
      const answer = (await lines.next()) as IteratorResult<string, undefined>;
      if (answer.done) throw new Error(`${command} ${args.join(' ')} ended before its answer`);
      return JSON.parse(answer.value) as number[];
    },
    close() {
      child.stdin.end();
    },
  };
}
