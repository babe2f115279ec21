import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of the sources and tests that mutants may be written into. */
export interface Workspace {
  write(file: string, source: string): void;
  /** Runs test files one after the other, up to the first failure. */
  test(files: readonly string[], timeoutMs: number): Promise<'passed' | 'failed' | 'timed out'>;
  /** What the last run printed. */
  output(): string;
  remove(): void;
}

export function makeWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'bbits-mutation-'));
  for (const name of ['src', 'test', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'vitest.config.mjs'), vitestConfig);
  let output = '';

  return {
    write(file, source) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), source);
    },
    test(files, timeoutMs) {
      output = '';
      return new Promise((resolve) => {
        const vitest = spawn(
          process.execPath,
          [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--bail', '1', ...files],
          // A group of its own, so that its workers end with it.
          { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
        );
        const collect = (text: Buffer) => (output += text.toString());
        vitest.stdout.on('data', collect);
        vitest.stderr.on('data', collect);
        let timedOut = false;
        const timer = setTimeout(() => {
          timedOut = true;
          if (vitest.pid !== undefined) process.kill(-vitest.pid, 'SIGKILL');
        }, timeoutMs);
        vitest.on('close', (code) => {
          clearTimeout(timer);
          resolve(timedOut ? 'timed out' : code === 0 ? 'passed' : 'failed');
        });
      });
    },
    output: () => output,
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One test file at a time, nothing cached in the shared node_modules. */
const vitestConfig = `
export default {
  cacheDir: '.vite',
  test: { pool: 'forks', maxWorkers: 1, testTimeout: 60_000, watch: false },
};
`;
