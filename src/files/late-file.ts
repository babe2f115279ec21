import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Read a shared folder, because NFS remembers a file as missing until the folder is read again. */
export async function lookAnew(folder: string): Promise<void> {
  await readdir(folder).catch(() => undefined);
}

/**
 * Retry a look-up until a file that another machine has written becomes visible.
 *
 * @param look returns undefined until the file is visible
 * @param withinMs time limit; 0 for a file that this machine has written: one look is enough
 * @returns the last result
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
