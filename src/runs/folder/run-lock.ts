import { UserError } from '../../errors.js';
import { withLock } from '../../files/lock.js';
import { explainWriteErrors } from '../../files/write-file.js';

/** Another process works on the run. */
export class RunHeldError extends UserError {}

/**
 * Run `work` with exclusive access to a run's folder. The lock of a dead process is taken over.
 *
 * @throws RunHeldError naming the process that holds the lock
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
 * Run `work` with exclusive access to a folder.
 *
 * @param refuse makes the error if another process, whose name it receives, holds the lock
 */
export async function lockFolder<T>(
  folder: string,
  refuse: (holder: string) => UserError,
  work: () => Promise<T>,
): Promise<T> {
  const throwRefusal = (holder: string) => {
    throw refuse(holder);
  };
  // The work is settled inside, so that its write errors are not explained as errors of the lock.
  const [outcome] = await explainWriteErrors(folder, () =>
    withLock(folder, undefined, throwRefusal, () => Promise.allSettled([work()])),
  );
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
