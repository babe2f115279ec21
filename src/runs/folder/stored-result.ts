import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';

/** The form of `result.json` that this version of bbits knows. */
const format = 1;
const mostBytes = 4 * 2 ** 20;

const amount = z.number().min(0);
const bits = z.number().min(0).max(64);

/** What is read again of `result.json`: see RunResult. */
const schema = z.object({
  epochs: z.int().min(1),
  testAccuracyPercent: amount.max(100),
  relativeBopsPercent: amount,
  gbops: amount,
  layers: z
    .array(
      z
        .object({
          name: z.string(),
          macs: amount,
          weightBits: bits,
          channels: z.int().min(1),
          keptChannels: z.int().min(0),
          activationBits: bits.nullable(),
        })
        .refine(({ channels, keptChannels }) => keptChannels <= channels),
    )
    .min(1)
    .max(1000),
});

export type StoredResult = z.output<typeof schema>;

/**
 * A run's `result.json`.
 *
 * @returns undefined if there is none
 * @throws UserError if it is damaged, or of another form
 */
export async function readResult(folder: string): Promise<StoredResult | undefined> {
  const path = join(folder, 'result.json');
  const bytes = await readBounded(path, mostBytes);
  if (bytes === undefined) return undefined;
  const json = parseJson(bytes.toString());
  expectFormat(json, path);
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const [issue] = error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new UserError(
    `${path}: expected the result of a run, found something else${at} (${issue?.message ?? ''}).`,
  );
}

/** A form that is not known is told before its fields are, which may mean other things in it. */
function expectFormat(json: unknown, path: string): void {
  if (typeof json !== 'object' || json === null) {
    throw new UserError(`${path}: expected JSON, found something else; it is damaged.`);
  }
  const found = 'format' in json ? json.format : undefined;
  if (found === format) return;
  if (typeof found === 'number' && found > format) {
    throw new UserError(
      `${path}: found format ${found}, expected ${format}; a later version of bbits wrote it. ` +
        'Update bbits to read it.',
    );
  }
  throw new UserError(
    `${path}: found ${found === undefined ? 'no format' : 'another format'}, expected ${format}; an ` +
      'earlier version of bbits wrote it. Train it again.',
  );
}
