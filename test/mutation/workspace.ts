import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { installedBuilds } from '../../src/backend/start.js';
import { root } from './root.js';

/** A copy of the sources, the program and the tests, into which mutants are written. */
export interface Workspace {
  /** Writes a source, and compiles it into the program that tests start. */
  write(file: string, source: string): void;
  /** Runs test files one after the other, up to the first failure. */
  test(files: readonly string[], timeoutMs: number): Promise<'passed' | 'failed' | 'timed out'>;
  /** Output of the last run. */
  output(): string;
  remove(): void;
}

/** What the tests need; `dist` is from the last build. */
const copied = ['src', 'dist', 'bin', 'test', 'configs', 'package.json', 'tsconfig.json'];

export async function makeWorkspace(): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), 'bbits-mutation-'));
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'vitest.config.mjs'), vitestConfig);
  const hasNative = (await installedBuilds()).length > 0;
  const env = { ...process.env, BBITS_TEST_BACKEND: hasNative ? 'native-cpu' : 'wasm' };
  let output = '';

  function write(file: string, source: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), source);
  }

  return {
    write(file, source) {
      write(file, source);
      const { outputText } = ts.transpileModule(source, { compilerOptions });
      write(file.replace(/^src/, 'dist').replace(/\.ts$/, '.js'), outputText);
    },
    test(files, timeoutMs) {
      output = '';
      return new Promise((resolve) => {
        const vitest = spawn(
          process.execPath,
          [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--bail', '1', ...files],
          // A process group of its own, so that its workers are killed with it.
          { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
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

const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };

/** One process for all files of a run, and no cache in the shared node_modules. */
const vitestConfig = `
export default {
  cacheDir: '.vite',
  test: { pool: 'forks', isolate: false, maxWorkers: 1, testTimeout: 180_000, hookTimeout: 180_000, watch: false },
};
`;
