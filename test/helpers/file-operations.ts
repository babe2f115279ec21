import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type Operation = (...args: unknown[]) => Promise<unknown>;
type Promises = Record<string, Operation>;

/** The operations that change files. */
const byPath = ['open', 'rename', 'rm', 'appendFile', 'writeFile', 'mkdir'];
const ofHandle = ['writeFile', 'sync'];
/** The argument that holds the data to write. */
const dataOf: Record<string, number> = { appendFile: 1, writeFile: 1 };
const dataOfHandles: Record<string, number> = { writeFile: 0 };

/**
 * Call a function before every operation on files in a folder; if it throws, the operation fails with its
 * error.
 *
 * @param before receives the operation's name, and a function that performs half of it: writes half of the
 *   bytes
 * @returns a function that ends the interception
 */
export function interceptFileOperations(
  folder: string,
  before: (name: string, half: () => Promise<void>) => Promise<void>,
): () => void {
  const intercepted =
    (name: string, original: Operation | undefined, data: number | undefined): Operation =>
    async (...args) => {
      await before(name, async () => {
        if (data === undefined) return;
        const whole = args[data] as string | Uint8Array;
        await original?.(...args.with(data, whole.slice(0, whole.length >> 1)));
      });
      return original?.(...args);
    };

  const promises = fs as unknown as Promises;
  const originals = { ...promises };
  for (const name of byPath) {
    const original = promises[name];
    const faulty = intercepted(name, original, dataOf[name]);
    promises[name] = async (...args) => {
      if (!String(args[0]).startsWith(folder)) return original?.(...args);
      const result = await faulty(...args);
      if (name !== 'open') return result;
      const handle = result as Promises;
      for (const own of ofHandle) {
        handle[own] = intercepted(own, handle[own]?.bind(handle), dataOfHandles[own]);
      }
      return handle;
    };
  }
  syncBuiltinESMExports();
  return () => {
    for (const name of byPath) promises[name] = originals[name] as Promises[string];
    syncBuiltinESMExports();
  };
}
