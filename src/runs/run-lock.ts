import { UserError } from '../errors.js';
import { withLock } from '../lock.js';
import { explainWriteErrors } from './write-file.js';

/**
 * Works on a run that no other process may work on meanwhile. The lock of a process that is gone is
 * taken over.
 *
 * @throws UserError, naming the process that holds it
 */
export function lockRun<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const refuse = (holder: string) => {
    throw new UserError(
      `${folder}: expected a run that no other process works on, found one held by ${holder}. Wait for ` +
        'it, or stop it.',
    );
  };
  return explainWriteErrors(folder, () => withLock(folder, undefined, refuse, work));
}
