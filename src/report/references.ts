import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { readBounded } from '../files/read-bounded.js';

/** `src/report` and `dist/report` have the same depth. */
const published = fileURLToPath(new URL('../../configs/references.yaml', import.meta.url));
const mostBytes = 2 ** 20;

const text = z.string().min(1).max(300);

export const referenceSchema = z.strictObject({
  /** A model and a data set, named as in configs; the result is shown where both match. */
  network: text,
  dataset: text,
  method: text,
  accuracyPercent: z.number().min(0).max(100),
  relativeBopsPercent: z.number().positive().max(100),
  /** The publication. */
  source: text,
});

/** A published result, for comparison. */
export type Reference = Readonly<z.output<typeof referenceSchema>>;

const schema = z.array(referenceSchema).max(1000);

/**
 * Load the published results that come with bbits, and those of the user's file in the same format.
 *
 * @throws UserError (exit code 2) if the file is missing or malformed
 */
export async function loadReferences(own: string | undefined): Promise<Reference[]> {
  const files = [published, ...(own === undefined ? [] : [own])];
  return (await Promise.all(files.map(readReferences))).flat();
}

async function readReferences(file: string): Promise<readonly Reference[]> {
  const refuse = (found: string) =>
    new UserError(
      `${file}: ${found}, expected a list of published results as docs/report.md describes.`,
      2,
    );
  const bytes = await readBounded(file, mostBytes);
  if (bytes === undefined) throw refuse('found no such file');
  const document = parseDocument(bytes.toString(), { schema: 'core', prettyErrors: true });
  const [error] = document.errors;
  if (error) throw refuse(`not valid YAML: ${error.message.split(/:?\n/)[0] ?? ''}`);
  const { success, data, error: problem } = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (success) return data;
  const [issue] = problem.issues;
  const [entry, ...key] = issue?.path ?? [];
  const where = entry === undefined ? '' : ` in entry ${Number(entry) + 1}`;
  const name = key.length === 0 ? '' : ` (${key.join('.')})`;
  throw refuse(`found an invalid value${where}${name}: ${issue?.message ?? ''}`);
}
