import { folderSize } from '../files/folder-size.js';

/** Run work and, about three times a second, report the size in bytes of the largest of some folders. */
export async function whileGrowing<T>(
  folders: readonly string[],
  arrived: ((bytes: number) => void) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let ended = false;
  const timer = setInterval(() => {
    void Promise.all(folders.map(folderSize)).then((sizes) => {
      if (!ended) arrived?.(Math.max(...sizes));
    });
  }, 300);
  try {
    return await work();
  } finally {
    ended = true;
    clearInterval(timer);
  }
}
