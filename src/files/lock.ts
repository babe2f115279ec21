import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, readFile, rm, utimes, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAnew } from './late-file.js';

export const lockName = '.lock';
/**
 * The holder touches the lock this often, in ms. Where nothing better tells whether it lives, one that
 * was not touched for a minute is nobody's.
 */
const heartbeat = 10_000;
const abandoned = 60_000;
/** So long a lock may still seem to be held by a process that is gone, in ms. */
export const lockOutlives = abandoned + heartbeat;
/** Stands for when a process began, where the system does not say it. */
const unknownStart = '-';

/**
 * Runs `work` while no other process that uses the same folder runs its own. A lock whose process has
 * died is taken over.
 *
 * The lock is a file that only one process can create.
 *
 * @param root The folder, which exists; the lock lies in it.
 * @param waiting Called once, with the holder's name, where another process holds the lock.
 */
export async function withLock<T>(
  root: string,
  signal: AbortSignal | undefined,
  waiting: (holder: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(root, lockName);
  const start = startOf(process.pid) ?? unknownStart;
  const mine = [`${process.pid}@${hostname()}`, start, randomUUID(), clusterTask()]
    .join(' ')
    .trim();
  let said = false;
  let createdMs: number | undefined;
  while ((createdMs = await create(path, mine)) === undefined) {
    signal?.throwIfAborted();
    const holder = await readHolder(path);
    if (holder === undefined) continue; // It was released in between.
    if (!holder.lives) {
      await takeAway(path, holder.content);
      continue;
    }
    if (!said) waiting(holder.name);
    said = true;
    await sleep(300, undefined, signal === undefined ? {} : { signal }).catch(() => {
      signal?.throwIfAborted();
    });
  }
  // The folder's own clock goes on from the file's date: another machine's says something else.
  const ahead = createdMs - performance.now();
  const timer = setInterval(() => {
    const now = new Date(ahead + performance.now());
    // A lock that somebody removed by hand is no reason to stop.
    utimes(path, now, now).catch(() => undefined);
  }, heartbeat);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // A process that was stopped for minutes (Ctrl-Z) may find that another one has taken over.
    const holder = await readFile(path, 'utf8').catch(() => undefined);
    // Where it cannot be removed it is a dead process's soon.
    if (holder === mine) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** When it was created, by the clock of the file system, in ms; undefined: it was there. */
async function create(path: string, content: string): Promise<number | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw error;
  }
  try {
    await file.writeFile(content);
    return (await file.stat()).mtimeMs;
  } catch (error) {
    // On a full disk it is there, and empty: as if another process had it.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Removes the lock of a process that is gone, unless another process has done so since it was read and
 * taken the lock. Only one at a time may look and remove.
 */
async function takeAway(path: string, content: string): Promise<void> {
  const guard = `${path}-is-taken-over`;
  if ((await create(guard, '')) === undefined) {
    // Killed in that moment.
    if (await isAbandoned(guard)) await rm(guard, { force: true });
    await sleep(20);
    return;
  }
  try {
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found === content) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return await isOld(path, (await readOpened(path)).mtimeMs);
  } catch {
    return false;
  }
}

/**
 * Whether a file was not touched for a minute, by the clock that dates files there: that of a shared folder is
 * another machine's, which may be minutes off.
 */
async function isOld(path: string, touchedMs: number): Promise<boolean> {
  const probe = join(dirname(path), `${lockName}-clock-${randomUUID()}`);
  // Where nothing can be written there is no other clock.
  const nowMs = (await create(probe, '').catch(() => undefined)) ?? Date.now();
  await rm(probe, { force: true }).catch(() => undefined);
  return nowMs - touchedMs >= abandoned;
}

/** A file's text and date. Opening it has a shared folder look at what is there now, and not what it remembers. */
async function readOpened(path: string): Promise<{ text: string; mtimeMs: number }> {
  const file = await open(path);
  try {
    const text = await file.readFile('utf8');
    return { text, mtimeMs: (await file.stat()).mtimeMs };
  } finally {
    await file.close();
  }
}

/**
 * Which start of which task of a Slurm cluster this process belongs to, as `slurm:17:2`; empty: none.
 */
function clusterTask(): string {
  const { SLURM_JOB_ID: id, SLURM_RESTART_COUNT: restarts = '0' } = process.env;
  return id === undefined ? '' : `slurm:${id}:${restarts}`;
}

/** Is it an earlier start of this process's task? Slurm starts none before the other has ended. */
function isEarlierStart(task: string | undefined): boolean {
  const [, id, restarts] = /^slurm:(\w+):(\d+)$/.exec(task ?? '') ?? [];
  const [, mine, now] = /^slurm:(\w+):(\d+)$/.exec(clusterTask()) ?? [];
  return id !== undefined && id === mine && Number(restarts) < Number(now);
}

/** Who works in a folder under its lock now; undefined: nobody. */
export async function lockHolder(root: string): Promise<string | undefined> {
  const holder = await readHolder(join(root, lockName));
  return holder?.lives === true ? holder.name : undefined;
}

interface Holder {
  readonly name: string;
  readonly lives: boolean;
  readonly content: string;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const found = await tryToReadHolder(path);
  if (found !== undefined) return found;
  // Another machine's may not show before its folder is looked at anew.
  await lookAnew(dirname(path));
  return tryToReadHolder(path);
}

async function tryToReadHolder(path: string): Promise<Holder | undefined> {
  try {
    const { text, mtimeMs } = await readOpened(path);
    // Empty in the moment between its creation and its writing.
    const [name = '', start, , task] = text.split(' ');
    const lives = isEarlierStart(task)
      ? false
      : (livesHere(name, start) ?? !(await isOld(path, mtimeMs)));
    return { name: name === '' ? 'another process' : `process ${name}`, lives, content: text };
  } catch (error) {
    // Stale: it was removed, perhaps for another one, while it was read.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESTALE')) return undefined;
    throw error;
  }
}

/**
 * Whether the process that wrote a name and a start into a lock lives; undefined where that cannot be
 * told: another machine's (a shared home folder) cannot be asked, and an id alone may be another
 * process's by now.
 */
function livesHere(name: string, start: string | undefined): boolean | undefined {
  const [pid, host] = name.split('@');
  if (host !== hostname()) return undefined;
  if (!isAlive(Number(pid))) return false;
  const found = startOf(Number(pid));
  // No clock has a say in this: it may jump, and a process may be stopped for hours.
  if (found !== undefined && start !== undefined && start !== unknownStart) return found === start;
  return undefined;
}

/**
 * When a process began, in ticks since this machine's start: with its id it tells a process from all
 * that come after it. Undefined where the system has no such file (Linux has).
 */
function startOf(pid: number): string | undefined {
  try {
    // The name, in parentheses, may have blanks; the start is the 20th word behind it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Does a process with this id run on this machine? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and is another user's.
    if (!hasCode(error, 'EPERM')) return false;
  }
  try {
    // A dead process keeps its id until its parent has asked for it; in containers often nobody does.
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true; // No Linux.
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
