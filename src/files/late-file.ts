import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Has a shared folder look at what is there now: NFS remembers what it has not found until the folder is opened. */
export async function lookAnew(folder: string): Promise<void> {
  await readdir(folder).catch(() => undefined);
}

/**
 * Looks for what must be there, since another machine has written it, until it shows.
 *
 * @param look undefined: it does not show yet
 * @param withinMs so long; 0: this machine itself has written it, and one look is enough
 * @returns what was found last
 * @throws the signal's reason
 */
export async function untilShown<T>(
  folder: string,
  look: () => Promise<T | undefined>,
  withinMs: number,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const start = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined || performance.now() - start >= withinMs) return found;
    await sleep(200, undefined, signal === undefined ? {} : { signal }).catch(() => {
      signal?.throwIfAborted();
    });
    await lookAnew(folder);
  }
}
