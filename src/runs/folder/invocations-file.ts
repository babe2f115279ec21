import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonLines } from '../../files/json-file.js';
import { explainWriteErrors } from '../../files/write-file.js';

const schema = z.object({
  /** By the clock, as in `2026-11-26T06:34:42.000Z`. */
  started: z.string(),
  /** Its words, `bbits` first. */
  command: z.array(z.string()),
});

/** `invocations.jsonl`: each time that the run was started or went on, and with which command. */
export const invocationsFile = jsonLines('invocations.jsonl', 2 ** 24, schema);

/** @throws UserError if it cannot be written */
export async function addInvocation(folder: string, command: readonly string[]): Promise<void> {
  const path = join(folder, invocationsFile.name);
  const line = invocationsFile.encode({ started: new Date().toISOString(), command });
  await explainWriteErrors(path, () => appendFile(path, line));
}
