import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { jsonFile, readText, writeJson, type Decoded } from '../../files/json-file.js';
import { bitWidth, count, percent, shown } from './figures.js';
import { shell } from '../../text/shell.js';

const stepSchema = z.object({
  /** The quantizer that was lowered; null at the start of the curve. */
  site: z.string().nullable(),
  /** Its new bit width. */
  bits: bitWidth.nullable(),
  relativeBopsPercent: percent,
  /** On held-out training images; decides the next step. */
  validationAccuracyPercent: shown,
  /** For display only; decides nothing. */
  testAccuracyPercent: percent,
});

const schema = z.object({
  format: z.literal(1),
  /** Number of held-out images that decided the steps. */
  images: count,
  /** The run's epochs when the curve was made: the run may be extended later. Absent in earlier versions. */
  epochs: count.exactOptional(),
  steps: z.array(stepSchema).max(10_000),
});

/** One network on the sensitivity baseline's curve. */
export type SensitivityStep = Decoded<typeof stepSchema>;

/** The curve, in the folder of the run that it starts from. */
export const sensitivityFile = jsonFile('sensitivity.json', 4 * 2 ** 20, schema);

export type SensitivityCurve = Decoded<typeof schema>;

/** @throws WriteError if it cannot be written */
export function writeSensitivity(
  folder: string,
  curve: Omit<SensitivityCurve, 'format'>,
): Promise<void> {
  return writeJson(folder, sensitivityFile, { format: 1, ...curve });
}

/**
 * Read the sensitivity curve in a run's folder, which is not trusted.
 *
 * @param epochs the run's present number of epochs, if it is finished
 * @returns empty if there is none
 * @throws UserError if it is damaged, has another structure, or predates an extension of the run
 */
export async function readSensitivity(
  folder: string,
  epochs: number | undefined,
): Promise<readonly SensitivityStep[]> {
  const text = await readText(folder, sensitivityFile);
  if (text === undefined) return [];
  const { success, data } = sensitivityFile.decode(text);
  const leaveOut = (expected: string, found: string) =>
    new UserError(
      `${join(folder, sensitivityFile.name)}: expected a curve ${expected}, found ${found}; it is left out. ` +
        shell`Make it again: bbits sensitivity ${folder}`,
    );
  if (!success) throw leaveOut('as bbits sensitivity writes it', 'something else');
  if (data.epochs !== undefined && epochs !== undefined && data.epochs !== epochs) {
    throw leaveOut(`of the network after epoch ${epochs}`, `one after epoch ${data.epochs}`);
  }
  return data.steps;
}
