import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mostInOnePiece, readBounded } from '../../files/read-bounded.js';
import { explainWriteErrors, writeWhole } from '../../files/write-file.js';
import { CannotResumeError } from './cannot-resume.js';
import {
  checkpointFile,
  DamagedCheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  previousCheckpointFile,
  type Checkpoint,
} from './checkpoint-file.js';

/**
 * Save a checkpoint in a run's folder and keep its predecessor under another name. At every moment, whatever
 * fails, one of the two can be loaded.
 *
 * @throws UserError if it cannot be written
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const path = join(folder, checkpointFile);
  const bytes = encodeCheckpoint(checkpoint);
  await explainWriteErrors(path, () => keepPrevious(path, join(folder, previousCheckpointFile)));
  await writeWhole(path, bytes);
}

async function keepPrevious(path: string, previous: string): Promise<void> {
  await rename(path, previous).catch((error: unknown) => {
    // There is no checkpoint before the first one, or after a failed write.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/**
 * Replace a damaged newest checkpoint with its predecessor, which the next save would otherwise overwrite
 * with the damaged one.
 */
export async function dropDamagedCheckpoint(folder: string): Promise<void> {
  const path = join(folder, checkpointFile);
  await explainWriteErrors(path, () => rename(join(folder, previousCheckpointFile), path));
}

/** Remove the previous checkpoint: a finished run keeps only its last. */
export async function forgetPreviousCheckpoint(folder: string): Promise<void> {
  const path = join(folder, previousCheckpointFile);
  await explainWriteErrors(path, () => rm(path, { force: true }));
}

/**
 * Load a run's newest checkpoint or, if it is damaged, its predecessor with a warning.
 *
 * @returns undefined if there is none
 * @throws UserError if one cannot be read; CannotResumeError if it has another format, or if all are damaged
 */
export async function loadCheckpoint(
  folder: string,
): Promise<{ checkpoint: Checkpoint; warning?: string } | undefined> {
  const complaints: string[] = [];
  for (const name of [checkpointFile, previousCheckpointFile]) {
    const path = join(folder, name);
    try {
      const bytes = await readBounded(path, mostInOnePiece);
      if (bytes === undefined) continue;
      const checkpoint = decodeCheckpoint(bytes, path);
      const [warning] = complaints;
      if (warning === undefined) return { checkpoint };
      return { checkpoint, warning: `${warning} The previous checkpoint is used.` };
    } catch (error) {
      if (!(error instanceof DamagedCheckpointError)) throw error;
      complaints.push(error.message);
    }
  }
  if (complaints.length === 0) return undefined;
  throw new CannotResumeError(
    `${complaints.join('\n')}\nNo other checkpoint is left: train again, into another folder.`,
  );
}
