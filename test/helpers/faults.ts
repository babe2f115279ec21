import { interceptFileOperations } from './file-operations.js';

/** Which operations fail, counted from 1: only the nth, or all from the nth on, as in a crash. */
export interface Fault {
  readonly at: number;
  readonly kind: 'one' | 'crash';
}

/**
 * Run work while an operation on files in a folder fails, as on a full disk, after writing half of its data.
 *
 * @param fault undefined: no operation fails
 * @returns the work's error, and the number of operations
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
  const restore = interceptFileOperations(folder, async (name, half) => {
    if (!isFaulty()) return;
    await half();
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), {
      code: 'ENOSPC',
      syscall: name,
    });
  });
  try {
    await work();
    return { error: undefined, operations };
  } catch (error) {
    return { error, operations };
  } finally {
    restore();
  }
}
