import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type Promises = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** The operations that change files. */
const byPath = ['open', 'rename', 'rm', 'appendFile', 'writeFile', 'mkdir'];
const ofHandle = ['writeFile', 'sync'];

/** Which operations of some work fail, counted from 1: only the nth, or all from it on, as in a crash. */
export interface Fault {
  readonly at: number;
  readonly kind: 'one' | 'crash';
}

/**
 * Runs work while an operation on files in a folder fails, as on a full disk. What it was to write is
 * half written.
 *
 * @param fault undefined: none does
 * @returns the work's error, and how many operations there were
 */
export async function withFault(
  folder: string,
  fault: Fault | undefined,
  work: () => Promise<unknown>,
): Promise<{ error: unknown; operations: number }> {
  let operations = 0;
  const isFaulty = () => {
    operations += 1;
    if (!fault) return false;
    return fault.kind === 'one' ? operations === fault.at : operations >= fault.at;
  };
  const failure = (name: string) =>
    Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), {
      code: 'ENOSPC',
      syscall: name,
    });

  function wrapHandle(handle: Promises): Promises {
    for (const name of ofHandle) {
      const original = handle[name]?.bind(handle);
      handle[name] = async (...args) => {
        if (isFaulty()) {
          const [data] = args as [string | Uint8Array | undefined];
          if (data !== undefined) await original?.(data.slice(0, data.length >> 1));
          throw failure(name);
        }
        return original?.(...args);
      };
    }
    return handle;
  }

  const promises = fs as unknown as Promises;
  const originals = { ...promises };
  for (const name of byPath) {
    const original = promises[name];
    promises[name] = async (...args) => {
      if (!String(args[0]).startsWith(folder)) return original?.(...args);
      if (isFaulty()) throw failure(name);
      const result = await original?.(...args);
      return name === 'open' ? wrapHandle(result as Promises) : result;
    };
  }
  syncBuiltinESMExports();
  try {
    await work();
    return { error: undefined, operations };
  } catch (error) {
    return { error, operations };
  } finally {
    for (const name of byPath) promises[name] = originals[name] as Promises[string];
    syncBuiltinESMExports();
  }
}
