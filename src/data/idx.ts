import { UserError } from '../errors.js';
import { readContents } from './contents.js';

/** What an IDX file of unsigned bytes must be: count items, each of the given shape. */
export interface IdxFormat {
  /** For error messages: 'the training images of MNIST'. */
  readonly title: string;
  /** [height, width] of an image; [] for labels. */
  readonly itemShape: readonly number[];
  readonly maxCount: number;
}

/** An IDX file in memory. */
export interface IdxFile {
  readonly count: number;
  /** The items, one after the other, without the header. */
  readonly items: Uint8Array;
  /** The whole file, header included. */
  readonly contents: Uint8Array;
}

/**
 * Reads an IDX file: the magic 00 00 08 D (08: unsigned bytes; D: number of dimensions), D sizes as
 * big-endian 32-bit integers, the items. Raw, or gzipped if its name ends in .gz.
 *
 * @throws UserError if it is anything else; memory stays within twice maxCount items.
 */
export async function readIdx(path: string, format: IdxFormat): Promise<IdxFile> {
  let header = { count: 0, bytes: 0 };
  const contents = await readContents(path, format.title, (head) => {
    header = readHeader(head, path, format);
    return header.bytes + header.count * itemBytes(format);
  });
  return { count: header.count, items: contents.subarray(header.bytes), contents };
}

/** @throws UserError if the file's first bytes are not a header of this format. */
function readHeader(
  head: Uint8Array,
  path: string,
  { title, itemShape, maxCount }: IdxFormat,
): { count: number; bytes: number } {
  const refuse = (expected: string, found: string, todo = `Put ${title} there.`) =>
    new UserError(`${path}: expected ${title}, ${expected}, found ${found}. ${todo}`);

  const dimensions = 1 + itemShape.length;
  const bytes = 4 + 4 * dimensions;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 4) {
    throw refuse(
      `a header of ${bytes} bytes`,
      head.length === 0 ? 'an empty file' : `only ${head.length} bytes`,
    );
  }
  const magic = view.getUint32(0);
  const expectedMagic = 0x0800 + dimensions;
  if (magic !== expectedMagic) {
    throw refuse(`which start with ${hex(expectedMagic)}`, describeMagic(magic));
  }
  if (head.length < bytes) throw refuse(`a header of ${bytes} bytes`, `only ${head.length} bytes`);
  const count = view.getUint32(4);
  const shape = itemShape.map((_, i) => view.getUint32(8 + 4 * i));
  if (shape.some((size, i) => size !== itemShape[i])) {
    throw refuse(`of ${itemShape.join('x')} pixels`, `a header that says ${shape.join('x')}`);
  }
  if (count === 0 || count > maxCount) {
    throw refuse(`1 to ${maxCount} of them`, `a header that says ${count}`);
  }
  return { count, bytes };
}

function itemBytes({ itemShape }: IdxFormat): number {
  return itemShape.reduce((product, size) => product * size, 1);
}

function describeMagic(magic: number): string {
  if (magic === 0x0801)
    return `${hex(magic)}, which starts labels (are images and labels swapped?)`;
  if (magic === 0x0803)
    return `${hex(magic)}, which starts images (are images and labels swapped?)`;
  if (magic >>> 16 === 0x1f8b) return 'a gzip file (its name must end in .gz, or expand it)';
  if (magic >>> 16 === 0x504b) return 'a zip archive (unpack it)';
  return `${hex(magic)}, which is not an IDX file of unsigned bytes`;
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}
