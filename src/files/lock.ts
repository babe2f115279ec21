import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, readFile, rm, utimes, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { fileError } from './file-error.js';
import { lookAnew } from './late-file.js';

export const lockName = '.lock';
/**
 * Interval in ms at which the holder touches the lock. If the holder cannot be checked otherwise, a lock
 * untouched for a minute counts as abandoned.
 */
const heartbeat = 10_000;
const abandoned = 60_000;
/** How long a dead process may still seem to hold its lock, in ms. */
export const lockOutlives = abandoned + heartbeat;
/** Start time of a process where the system does not report one. */
const unknownStart = '-';

/**
 * Run `work` while holding a folder's lock, which excludes other processes: a file created exclusively
 * (O_EXCL). A dead process's lock is taken over.
 *
 * @param root an existing folder, which contains the lock
 * @param waiting called once, with the holder's name, if another process holds the lock
 * @throws the signal's reason if it is aborted while waiting
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
  // Touch the lock by the file system's clock, since the machines' own clocks may differ.
  const ahead = createdMs - performance.now();
  const timer = setInterval(() => {
    const now = new Date(ahead + performance.now());
    // A lock that somebody removed by hand does not stop the work.
    utimes(path, now, now).catch(() => undefined);
  }, heartbeat);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // A process stopped for minutes (Ctrl-Z) may find its lock taken over.
    const holder = await readFile(path, 'utf8').catch(() => undefined);
    // If this fails, the lock soon counts as abandoned.
    if (holder === mine) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Create a file. @returns its time by the file system's clock, in ms; undefined if it already exists */
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
    // On a full disk the file exists but is empty, as if another process held it.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Remove the lock of a dead process, unless another process has meanwhile removed it and taken the lock. A
 * guard file lets only one process at a time check and remove.
 */
async function takeAway(path: string, content: string): Promise<void> {
  const guard = `${path}-is-taken-over`;
  if ((await create(guard, '')) === undefined) {
    // Its owner may have been killed while it held the guard.
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
 * Whether a file has been untouched for a minute, by the clock of its file system: a shared folder's clock is
 * another machine's, which may be minutes off.
 */
async function isOld(path: string, touchedMs: number): Promise<boolean> {
  const probe = join(dirname(path), `${lockName}-clock-${randomUUID()}`);
  // Where nothing can be written, only the local clock is left.
  const nowMs = (await create(probe, '').catch(() => undefined)) ?? Date.now();
  await rm(probe, { force: true }).catch(() => undefined);
  return nowMs - touchedMs >= abandoned;
}

/** A file's text and date. Opening it makes a shared folder fetch the contents instead of using its cache. */
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
 * The Slurm task that this process belongs to, with its restart count, as `slurm:17:2`; empty if none.
 */
function clusterTask(): string {
  const { SLURM_JOB_ID: id, SLURM_RESTART_COUNT: restarts = '0' } = process.env;
  return id === undefined ? '' : `slurm:${id}:${restarts}`;
}

/** Whether a task is an earlier start of this process's task; Slurm restarts one only after it has ended. */
function isEarlierStart(task: string | undefined): boolean {
  const [, id, restarts] = /^slurm:(\w+):(\d+)$/.exec(task ?? '') ?? [];
  const [, mine, now] = /^slurm:(\w+):(\d+)$/.exec(clusterTask()) ?? [];
  return id !== undefined && id === mine && Number(restarts) < Number(now);
}

/** The process that holds a folder's lock; undefined if none does. @throws UserError if it cannot be read */
export async function lockHolder(root: string): Promise<string | undefined> {
  const path = join(root, lockName);
  const holder = await readHolder(path).catch((cause: unknown) => {
    if (fileError(cause) === undefined) throw cause;
    throw new UserError(`${path}: cannot be read (${(cause as Error).message}).`, 1, { cause });
  });
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
  // Another machine's lock may not show until its folder is listed again.
  await lookAnew(dirname(path));
  return tryToReadHolder(path);
}

async function tryToReadHolder(path: string): Promise<Holder | undefined> {
  try {
    const { text, mtimeMs } = await readOpened(path);
    // Empty between creation and writing.
    const [name = '', start, , task] = text.split(' ');
    const lives = isEarlierStart(task)
      ? false
      : (livesHere(name, start) ?? !(await isOld(path, mtimeMs)));
    return { name: name === '' ? 'another process' : `process ${name}`, lives, content: text };
  } catch (error) {
    // Removed, perhaps replaced (ESTALE), while it was being read.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESTALE')) return undefined;
    throw error;
  }
}

/**
 * Whether the process with a lock's name and start is alive; undefined if unknown: a process of another
 * machine (a shared home folder) cannot be queried, and without a start the id may be a later process's.
 */
function livesHere(name: string, start: string | undefined): boolean | undefined {
  const [pid, host] = name.split('@');
  if (host !== hostname()) return undefined;
  if (!isAlive(Number(pid))) return false;
  const found = startOf(Number(pid));
  // Independent of clocks: they may jump, and a process may be stopped for hours.
  if (found !== undefined && start !== undefined && start !== unknownStart) return found === start;
  return undefined;
}

/**
 * Start time of a process, in ticks since boot; with its id it distinguishes a process from later ones.
 * Undefined on systems other than Linux, which lack the file.
 */
function startOf(pid: number): string | undefined {
  try {
    // The name, in parentheses, may contain blanks; the start time is the 20th field after it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Whether a process with this id runs on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists, but belongs to another user.
    if (!hasCode(error, 'EPERM')) return false;
  }
  try {
    // A zombie keeps its id until its parent reaps it; in containers often nobody does.
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true; // Not Linux.
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
