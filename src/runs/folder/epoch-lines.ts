import { join } from 'node:path';
import { z } from 'zod';
import { CannotResumeError } from './cannot-resume.js';
import type { LinesFile } from './files.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';

/** Some hundred times what the networks that come with bbits write in as many epochs. */
const mostBytes = 2 ** 29;

/**
 * What a run's files of lines have up to an epoch: where it goes on, all behind is written again.
 *
 * @throws CannotResumeError if one has less than that, or other lines
 */
export async function linesUpTo(
  folder: string,
  epochs: number,
): Promise<ReadonlyMap<LinesFile, string>> {
  const files = ['metrics.jsonl', 'timings.jsonl'] as const;
  return new Map(
    await Promise.all(
      files.map(async (name) => [name, await linesOf(join(folder, name), epochs)] as const),
    ),
  );
}

async function linesOf(path: string, epochs: number): Promise<string> {
  const bytes = await readBounded(path, mostBytes);
  const lines = (bytes?.toString() ?? '').split('\n').slice(0, -1).slice(0, epochs);
  lines.forEach((line, index) => {
    const { success, data } = lineSchema.safeParse(parseJson(line));
    if (success && data.epoch === index + 1) return;
    throw new CannotResumeError(
      `${path}: expected the line of epoch ${index + 1}, found something else in line ${index + 1}. The file is damaged.`,
    );
  });
  if (lines.length < epochs) {
    throw new CannotResumeError(
      `${path}: expected at least ${epochs} lines, as many epochs as the run has finished, found ${lines.length}. ` +
        'The file is damaged.',
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

const lineSchema = z.object({ epoch: z.int() });
