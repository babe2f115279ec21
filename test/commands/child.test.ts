import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { howEnded, lastLines, run, tryRun } from '../../src/commands/child.js';
import { isAlive } from '../../src/files/lock.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const node = process.execPath;

test('returns a command’s exit code and output, also on failure', async () => {
  const script = 'console.log(process.argv[1]); console.error("no"); process.exit(3)';
  expect(await run(node, ['-e', script, 'a b'])).toEqual({
    code: 3,
    stdout: 'a b\n',
    stderr: 'no\n',
  });
});

test('has no exit code after a signal', async () => {
  const killed = await run(node, ['-e', 'process.kill(process.pid, "SIGKILL")']);
  expect(killed).toMatchObject({ code: null });
  expect(howEnded(killed)).toBe('killed by a signal');
});

test('keeps the end of long output', async () => {
  const { stdout } = await run(node, ['-e', 'console.log("x".repeat(1e6) + "end")']);
  expect(stdout).toHaveLength(100_000);
  expect(stdout).toMatch(/end\n$/);
});

test('a missing command rejects or gives undefined', async () => {
  await expect(run('no-such-command', [])).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await tryRun('no-such-command', [])).toBeUndefined();
  expect(await tryRun(node, ['--version'])).toMatchObject({ code: 0 });
});

test('a signal kills the command and its children', async () => {
  const file = join(await temporaryFolder(), 'pid');
  const grandchild = 'setInterval(() => undefined, 1000)';
  const script = `
    const { pid } = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]);
    require('node:fs').writeFileSync(${JSON.stringify(file)}, String(pid));
    ${grandchild}`;
  const controller = new AbortController();
  const reason = new Error('enough');
  const work = run(node, ['-e', script], { signal: controller.signal });
  const pid = () => readFile(file, 'utf8').then(Number, () => 0);
  await expect.poll(pid).toBeGreaterThan(0);
  controller.abort(reason);
  await expect(work).rejects.toBe(reason);
  const started = await pid();
  await expect.poll(() => isAlive(started)).toBe(false);
});

test('lastLines returns the last nonempty lines, without pip’s warnings', () => {
  const text = 'one\n\n  two  \nWARNING: three\n[notice] four\nDEPRECATION: five\nsix\n';
  expect(lastLines(text)).toBe('  one\n    two\n  six');
  expect(lastLines(text, 1)).toBe('  six');
  expect(lastLines('')).toBe('');
});
