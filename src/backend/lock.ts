import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The holder touches the lock this often, in ms; one that was not touched for a minute is nobody's. */
const heartbeat = 10_000;
const abandoned = 60_000;

/**
 * Runs `work` while no other process that uses the same cache runs its own. A lock whose process has
 * died is taken over.
 *
 * The lock is a file that only one process can create. Two waiters may in rare cases both take over
 * a dead process' lock; then both install, which costs time but no harm: every install has a staging
 * folder of its own and goes live by one rename.
 *
 * @param waiting Called once, with the holder's name, where another process holds the lock.
 */
export async function withLock<T>(
  root: string,
  signal: AbortSignal | undefined,
  waiting: (holder: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(root, '.lock');
  let said = false;
  while (!(await acquire(path))) {
    const holder = await readHolder(path);
    if (holder === undefined) continue; // It was released in between.
    if (holder.dead) {
      await rm(path, { force: true });
      continue;
    }
    if (!said) waiting(holder.name);
    said = true;
    await sleep(300, undefined, signal === undefined ? {} : { signal }).catch(() => {
      signal?.throwIfAborted();
    });
  }
  const timer = setInterval(() => {
    const now = new Date();
    // A lock that somebody removed by hand is no reason to stop an installation.
    utimes(path, now, now).catch(() => undefined);
  }, heartbeat);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}@${hostname()}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<{ name: string; dead: boolean } | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const [pid, host] = text.trim().split('@');
    const old = Date.now() - mtimeMs > abandoned;
    // Another machine's process (a shared home folder) cannot be asked whether it lives.
    const gone = host === hostname() && !isAlive(Number(pid));
    return { name: `process ${text.trim()}`, dead: old || gone };
  } catch {
    return undefined;
  }
}

/** Does a process with this id exist on this machine? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
