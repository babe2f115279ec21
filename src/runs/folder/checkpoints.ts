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
 * Keeps a checkpoint in a run's folder, and the one before it under another name. At every moment,
 * whatever fails, one of the two can be loaded.
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
    // There is none before the first, and after a write that failed.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/**
 * Puts the one before in the place of a newest one that is damaged, which else would be kept as the
 * one before it.
 */
export async function dropDamagedCheckpoint(folder: string): Promise<void> {
  const path = join(folder, checkpointFile);
  await explainWriteErrors(path, () => rename(join(folder, previousCheckpointFile), path));
}

/** A finished run keeps its last one only. */
export async function forgetPreviousCheckpoint(folder: string): Promise<void> {
  const path = join(folder, previousCheckpointFile);
  await explainWriteErrors(path, () => rm(path, { force: true }));
}

/**
 * A run's newest checkpoint; where that is damaged the one before it, with a warning.
 *
 * @returns undefined if there is none
 * @throws UserError if one cannot be read; CannotResumeError if it is of another format, or all that
 *   there are are damaged
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
      return { checkpoint, warning: `${warning} The one before it is used.` };
    } catch (error) {
      if (!(error instanceof DamagedCheckpointError)) throw error;
      complaints.push(error.message);
    }
  }
  if (complaints.length === 0) return undefined;
  throw new CannotResumeError(
    `${complaints.join('\n')}\nThere is no other checkpoint to go on from: train again, into another folder.`,
  );
}
