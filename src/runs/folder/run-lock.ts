import { UserError } from '../../errors.js';
import { withLock } from '../../files/lock.js';
import { explainWriteErrors } from '../../files/write-file.js';

/** A run that another process works on. */
export class RunHeldError extends UserError {}

/**
 * Works on a run that no other process may work on meanwhile. The lock of a process that is gone is
 * taken over.
 *
 * @throws RunHeldError, naming the process that holds it
 */
export function lockRun<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const refuse = (holder: string) =>
    new RunHeldError(
      `${folder}: expected a run that no other process works on, found one held by ${holder}. Wait for ` +
        'it, or stop it.',
    );
  return lockFolder(folder, refuse, work);
}

/**
 * Works in a folder that no other process may work in meanwhile.
 *
 * @param refuse makes the error where another one does, whose name it is given
 */
export async function lockFolder<T>(
  folder: string,
  refuse: (holder: string) => UserError,
  work: () => Promise<T>,
): Promise<T> {
  const throwRefusal = (holder: string) => {
    throw refuse(holder);
  };
  // What the work cannot write is not the lock's to explain.
  const [outcome] = await explainWriteErrors(folder, () =>
    withLock(folder, undefined, throwRefusal, () => Promise.allSettled([work()])),
  );
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
