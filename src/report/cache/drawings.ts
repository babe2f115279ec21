import { shortDigest } from '../../files/checksum.js';
import { parseJson } from '../../files/read-bounded.js';
import { readKept, reportsCache, writeKept } from './kept-file.js';
import { drawingStamp } from './stamps.js';

/** A picture in one or several formats, by name. */
export type Drawn = Readonly<Record<string, Buffer>>;

/**
 * Return the cached drawing of a specification, or draw and cache it. A picture is a function of its
 * specification and of the programs that draw it, whose stamp is stored with it.
 *
 * @param specification everything that determines the picture, serializable as JSON
 */
export async function keptDrawing<T extends Drawn>(
  specification: unknown,
  draw: () => Promise<T>,
  { root = reportsCache(), by = drawingStamp() }: { root?: string; by?: string } = {},
): Promise<T> {
  const file = { root, name: `${shortDigest(JSON.stringify(specification))}.drawn`, by };
  const kept = await readKept(file);
  if (kept) {
    const forms = Object.entries(parseJson(kept.toString()) as Record<string, string>);
    return Object.fromEntries(
      forms.map(([name, text]) => [name, Buffer.from(text, 'base64')]),
    ) as T;
  }
  const drawn = await draw();
  const forms = Object.entries(drawn).map(([name, bytes]) => [name, bytes.toString('base64')]);
  await writeKept(file, Buffer.from(JSON.stringify(Object.fromEntries(forms))));
  return drawn;
}
