import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { isAlive, lockHolder, lockName, withLock } from '../../src/files/lock.js';
import { withFault } from '../helpers/faults.js';
import { interceptFileOperations } from '../helpers/file-operations.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** The id of a process that has ended. */
const dead = spawnSync(process.execPath, ['-e', '']).pid;

async function lockedBy(holder: string, secondsAgo = 0): Promise<string> {
  const root = await temporaryFolder();
  const path = join(root, lockName);
  await writeFile(path, holder);
  const time = new Date(Date.now() - secondsAgo * 1000);
  await utimes(path, time, time);
  return root;
}

/** Try to take the lock for half a second. @returns whether that succeeded */
async function canLock(root: string): Promise<boolean> {
  const signal = AbortSignal.timeout(500);
  return withLock(
    root,
    signal,
    () => undefined,
    () => Promise.resolve(true),
  ).catch(() => false);
}

describe('the lock', () => {
  test('admits one holder at a time, and is removed afterwards', async () => {
    const root = await temporaryFolder();
    let working = 0;
    let most = 0;
    const waited: string[] = [];
    const work = async (index: number) => {
      most = Math.max(most, ++working);
      await sleep(20);
      working--;
      return index;
    };
    const results = await Promise.all(
      [0, 1, 2, 3].map((index) =>
        withLock(
          root,
          undefined,
          (holder) => waited.push(holder),
          () => work(index),
        ),
      ),
    );
    expect(results).toEqual([0, 1, 2, 3]);
    expect(most).toBe(1);
    expect(waited).toHaveLength(3);
    expect(waited[0]).toMatch(new RegExp(`^(process ${process.pid}@|another process)`));
    expect(existsSync(join(root, lockName))).toBe(false);
  });

  test('is removed after an error, which is rethrown', async () => {
    const root = await temporaryFolder();
    const failure = new Error('failed');
    await expect(
      withLock(
        root,
        undefined,
        () => undefined,
        () => Promise.reject(failure),
      ),
    ).rejects.toBe(failure);
    expect(existsSync(join(root, lockName))).toBe(false);
  });

  test('of a dead process is taken over', async () => {
    expect(await canLock(await lockedBy(`${dead}@${hostname()} abc`))).toBe(true);
  });

  // Elsewhere the start time of a process is unknown.
  test.runIf(process.platform === 'linux')(
    'of a running process is respected, whatever the clock says',
    async () => {
      const root = await temporaryFolder();
      const path = join(root, lockName);
      const jump = async (seconds: number) => {
        const time = new Date(Date.now() + seconds * 1000);
        await utimes(path, time, time);
        return canLock(root);
      };
      const work = async () => [await jump(-1e6), await jump(1e6)];
      expect(await withLock(root, undefined, () => undefined, work)).toEqual([false, false]);
    },
  );

  test('of a process whose id has been reused is taken over', async () => {
    expect(await canLock(await lockedBy(`${process.pid}@${hostname()} 1 abc`))).toBe(true);
  });

  test('with only a process id is respected until it is untouched for a minute', async () => {
    const lock = `${process.pid}@${hostname()} - abc`;
    expect(await canLock(await lockedBy(lock, 50))).toBe(false);
    expect(await canLock(await lockedBy(lock, 70))).toBe(true);
  });

  test('of another machine is respected until it is untouched for a minute', async () => {
    expect(await canLock(await lockedBy(`${dead}@another-machine abc`))).toBe(false);
    expect(await canLock(await lockedBy(`${dead}@another-machine abc`, 70))).toBe(true);
  });

  test.each([-300, 300])(
    'of another machine is respected although its clock is off by %d seconds',
    async (skew) => {
      const clock = Date.now;
      try {
        Date.now = () => clock() + skew * 1000;
        expect(await canLock(await lockedBy(`${dead}@another-machine abc`, skew + 50))).toBe(false);
        expect(await canLock(await lockedBy(`${dead}@another-machine abc`, skew + 70))).toBe(true);
      } finally {
        Date.now = clock;
      }
    },
  );

  test('is touched with the file system’s clock, not this machine’s', async () => {
    const root = await temporaryFolder();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: 0 });
    try {
      const work = async () => {
        vi.advanceTimersByTime(10_000);
        await new Promise((resolve) => setImmediate(resolve));
        return (await stat(join(root, lockName))).mtimeMs;
      };
      const touched = await withLock(root, undefined, () => undefined, work);
      expect(touched).toBeGreaterThan(1e12);
    } finally {
      vi.useRealTimers();
    }
  });

  test('of an earlier start of this Slurm task is taken over at once, that of another task is not', async () => {
    vi.stubEnv('SLURM_JOB_ID', '17');
    vi.stubEnv('SLURM_RESTART_COUNT', '1');
    const lock = (task: string) => lockedBy(`${dead}@another-machine 1 abc ${task}`);
    expect(await canLock(await lock('slurm:17:0'))).toBe(true);
    expect(await canLock(await lock('slurm:17:1'))).toBe(false);
    expect(await canLock(await lock('slurm:18:0'))).toBe(false);
    vi.unstubAllEnvs();
  });

  test.each(['', 'nonsense'])(
    'with the content %j is taken over after a minute',
    async (content) => {
      expect(await canLock(await lockedBy(content))).toBe(false);
      expect(await canLock(await lockedBy(content, 70))).toBe(true);
    },
  );

  test('of a dead process is taken over by one of many waiting processes', async () => {
    for (let round = 0; round < 8; round++) {
      const root = await lockedBy(`${dead}@${hostname()} - abc`);
      let [working, most] = [0, 0];
      const work = async () => {
        most = Math.max(most, ++working);
        await sleep(1);
        working--;
      };
      const ignored = () => undefined;
      await Promise.all([1, 2, 3].map(() => withLock(root, undefined, ignored, work)));
      expect(most).toBe(1);
      expect(await readdir(root)).toEqual([]);
    }
  });

  test('that cannot be written leaves no file', async () => {
    const root = await temporaryFolder();
    const ignored = () => undefined;
    const locked = () => withLock(root, undefined, ignored, () => Promise.resolve());
    for (const at of [1, 2]) {
      const { error } = await withFault(root, { at, kind: 'one' }, locked);
      expect(error).toMatchObject({ code: 'ENOSPC' });
      expect(await readdir(root)).toEqual([]);
    }
  });

  test('that appears only after its folder is listed again is found', async () => {
    const root = await lockedBy(`${dead}@another-machine abc`);
    let looks = 0;
    const restore = interceptFileOperations(root, () => {
      looks += 1;
      if (looks > 1) return Promise.resolve();
      return Promise.reject(Object.assign(new Error('not there'), { code: 'ENOENT' }));
    });
    try {
      expect(await lockHolder(root)).toBe(`process ${dead}@another-machine`);
    } finally {
      restore();
    }
  });

  test('that another process has taken over is left to it', async () => {
    const root = await temporaryFolder();
    const path = join(root, lockName);
    await withLock(
      root,
      undefined,
      () => undefined,
      () => writeFile(path, 'theirs'),
    );
    expect(await readFile(path, 'utf8')).toBe('theirs');
  });

  test('ends a wait with the signal’s reason', async () => {
    const root = await lockedBy(`${process.pid}@${hostname()} - abc`);
    const controller = new AbortController();
    const reason = new Error('enough');
    const names: string[] = [];
    const waiting = (name: string) => {
      names.push(name);
      controller.abort(reason);
    };
    await expect(withLock(root, controller.signal, waiting, () => Promise.resolve())).rejects.toBe(
      reason,
    );
    expect(names).toEqual([`process ${process.pid}@${hostname()}`]);
  });

  test('that cannot be read is an error, not an endless wait', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, lockName));
    await expect(
      withLock(
        root,
        undefined,
        () => undefined,
        () => Promise.resolve(),
      ),
    ).rejects.toThrow(/EISDIR/);
  });
});

test('isAlive tells running processes from dead ones', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(true);
  expect(isAlive(dead)).toBe(false);
  expect(isAlive(Number.NaN)).toBe(false);
});
