import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { jsonFile, readText, writeJson, type Decoded } from '../../files/json-file.js';
import { bitWidth, count, percent, shown } from './figures.js';
import { shell } from '../../text/shell.js';

const stepSchema = z.object({
  /** The quantizer that was lowered; null: where the curve starts. */
  site: z.string().nullable(),
  /** What it was lowered to. */
  bits: bitWidth.nullable(),
  relativeBopsPercent: percent,
  /** On held-out training images, by which the next one is chosen. */
  validationAccuracyPercent: shown,
  /** Shown, and nothing chosen by it. */
  testAccuracyPercent: percent,
});

const schema = z.object({
  format: z.literal(1),
  /** Held out, by which the steps were chosen. */
  images: count,
  steps: z.array(stepSchema).max(10_000),
});

/** A network of the sensitivity baseline's curve. */
export type SensitivityStep = Decoded<typeof stepSchema>;

/** Where the curve is kept, in the folder of the run that it starts from. */
export const sensitivityFile = jsonFile('sensitivity.json', 4 * 2 ** 20, schema);

/**
 * @param images held out, by which the steps were chosen
 * @throws WriteError if it cannot be written
 */
export function writeSensitivity(
  folder: string,
  images: number,
  steps: readonly SensitivityStep[],
): Promise<void> {
  return writeJson(folder, sensitivityFile, { format: 1, images, steps });
}

/**
 * The sensitivity curve in a run's folder, which is not trusted.
 *
 * @returns empty if there is none
 * @throws UserError if it is damaged, or of another form
 */
export async function readSensitivity(folder: string): Promise<readonly SensitivityStep[]> {
  const text = await readText(folder, sensitivityFile);
  if (text === undefined) return [];
  const { success, data } = sensitivityFile.decode(text);
  if (success) return data.steps;
  throw new UserError(
    `${join(folder, sensitivityFile.name)}: expected a curve as bbits sensitivity writes it, found ` +
      shell`something else; it is left out. Make it again: bbits sensitivity ${folder}`,
  );
}
