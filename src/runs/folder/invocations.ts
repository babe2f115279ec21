import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteErrors } from '../../files/write-file.js';

/**
 * Adds a line to a run's `invocations.jsonl`: when it was started or went on, and with which command.
 *
 * @throws UserError if it cannot be written
 */
export async function addInvocation(folder: string, command: readonly string[]): Promise<void> {
  const path = join(folder, 'invocations.jsonl');
  const line = JSON.stringify({ started: new Date().toISOString(), command });
  await explainWriteErrors(path, () => appendFile(path, `${line}\n`));
}
