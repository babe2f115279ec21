import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';

/** Where the curve is kept, in the run's folder. */
export const sensitivityFile = 'sensitivity.json';

const mostBytes = 4 * 2 ** 20;

const percent = z.number().min(0).max(100);

/** What is read again of the curve: see SensitivityStep. */
const schema = z.object({
  format: z.literal(1),
  steps: z
    .array(z.object({ relativeBopsPercent: percent, testAccuracyPercent: percent }))
    .max(10_000),
});

/** A network of the curve. */
export type StoredSensitivityStep = z.output<typeof schema>['steps'][number];

/**
 * The sensitivity curve in a run's folder, which is not trusted.
 *
 * @returns empty if there is none
 * @throws UserError if it is damaged, or of another form
 */
export async function readSensitivity(folder: string): Promise<readonly StoredSensitivityStep[]> {
  const path = join(folder, sensitivityFile);
  const bytes = await readBounded(path, mostBytes);
  if (bytes === undefined) return [];
  const { success, data } = schema.safeParse(parseJson(bytes.toString()));
  if (success) return data.steps;
  throw new UserError(
    `${path}: expected a curve as bbits sensitivity writes it, found something else; it is left out. ` +
      `Make it again: bbits sensitivity ${folder}`,
  );
}
