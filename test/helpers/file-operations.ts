import callbacks from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

type Operation = (...args: unknown[]) => Promise<unknown>;
type Promises = Record<string, Operation>;

type Handle = { readonly fd: number } & Record<'writeFile' | 'close', Operation>;

/** The operations that change files. */
const byPath = ['open', 'rename', 'rm', 'appendFile', 'writeFile', 'mkdir'];
/** For those that write, the index of the data argument. */
const dataOf: Record<string, number> = { appendFile: 1, writeFile: 1 };
const dataOfHandle = 0;

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
  const descriptors = new Set<number>();
  const originals = { ...promises };
  for (const name of byPath) {
    const original = promises[name];
    const faulty = intercepted(name, original, dataOf[name]);
    promises[name] = async (...args) => {
      if (!String(args[0]).startsWith(folder)) return original?.(...args);
      const result = await faulty(...args);
      if (name !== 'open') return result;
      const handle = result as Handle;
      const { writeFile, close } = handle;
      handle.writeFile = intercepted('writeFile', writeFile.bind(handle), dataOfHandle);
      descriptors.add(handle.fd);
      handle.close = () => {
        descriptors.delete(handle.fd);
        return close.call(handle);
      };
      return handle;
    };
  }
  // Files are flushed by their descriptors: see src/files/flush.ts.
  const { fsync } = callbacks;
  const faultySync = intercepted('sync', promisify(fsync) as Operation, undefined);
  const sync = (fd: number, done: callbacks.NoParamCallback) => {
    if (!descriptors.has(fd)) fsync(fd, done);
    else {
      faultySync(fd).then(() => {
        done(null);
      }, done);
    }
  };
  callbacks.fsync = Object.assign(sync, { __promisify__: promisify(sync) });
  syncBuiltinESMExports();
  return () => {
    for (const name of byPath) promises[name] = originals[name] as Promises[string];
    callbacks.fsync = fsync;
    syncBuiltinESMExports();
  };
}
