import { UserError } from '../errors.js';
import { readContents } from './contents.js';
import type { Dataset } from './dataset.js';

/** The required contents of an IDX file of unsigned bytes: items of one shape. */
export interface IdxFormat {
  /** For error messages: 'the training images of MNIST'. */
  readonly title: string;
  readonly items: Items;
  readonly maxCount: number;
  /** Maximum size of all items together, in bytes. */
  readonly maxBytes: number;
}

/** The accepted items. */
export interface Items {
  /** The accepted number of axes of an item: 0 for labels, 2 or 3 for images. */
  readonly ranks: readonly number[];
  readonly accepts: (sizes: readonly number[]) => boolean;
  /** The accepted items in words, for error messages: 'of 28x28 pixels'. */
  readonly expected: string;
}

export const labels: Items = { ranks: [0], accepts: () => true, expected: '' };

/** The largest accepted image: height, width and channels. */
const largestSizes = [1024, 1024, 16] as const;

/** Images of any shape within bounds: height and width, optionally channels. */
export const anyImages: Items = {
  ranks: [2, 3],
  accepts: (sizes) => sizes.every((size, i) => size >= 1 && size <= (largestSizes[i] ?? 0)),
  expected: `of at most ${largestSizes[0]}x${largestSizes[1]} pixels and ${largestSizes[2]} channels`,
};

/**
 * Images of one shape: height, width and channels.
 *
 * @param ranks accepted numbers of axes; 2 means height and width, for a single channel
 */
export function imagesOf(shape: Dataset['imageShape'], ranks: Items['ranks']): Items {
  const [height, width, channels] = shape;
  return {
    ranks,
    accepts: (sizes) => shape.every((size, i) => (sizes[i] ?? 1) === size),
    expected: `of ${height}x${width} pixels${channels === 1 ? '' : ` and ${channels} channels`}`,
  };
}

/** Height, width and channels of images. */
export function shapeOf({
  itemShape: [height, width, channels = 1],
}: IdxFile): Dataset['imageShape'] {
  return [height ?? 0, width ?? 0, channels];
}

/** An IDX file in memory. */
export interface IdxFile {
  readonly count: number;
  /** The shape of an item. */
  readonly itemShape: readonly number[];
  /** The items, consecutively, without the header. */
  readonly items: Uint8Array;
  /** The whole file, header included. */
  readonly contents: Uint8Array;
}

interface Header {
  readonly count: number;
  readonly itemShape: readonly number[];
  /** Bytes of the header. */
  readonly bytes: number;
}

/**
 * Read an IDX file: the magic number 00 00 08 D (08: unsigned bytes; D: number of axes), D sizes as
 * big-endian 32-bit integers, the items. A file named *.gz is decompressed.
 *
 * @throws UserError if it is anything else; memory is bounded by twice maxBytes and by maxCount items
 */
export async function readIdx(path: string, format: IdxFormat): Promise<IdxFile> {
  let header: Header = { count: 0, itemShape: [], bytes: 0 };
  const contents = await readContents(path, format.title, (head) => {
    header = readHeader(head, path, format);
    return header.bytes + header.count * product(header.itemShape);
  });
  const { count, itemShape, bytes } = header;
  return { count, itemShape, items: contents.subarray(bytes), contents };
}

/** @throws UserError unless the file starts with a valid header */
function readHeader(
  head: Uint8Array,
  path: string,
  { title, items, maxCount, maxBytes }: IdxFormat,
): Header {
  const refuse = (expected: string, found: string, todo = `Put ${title} there.`) =>
    new UserError(`${path}: expected ${title}, ${expected}, found ${found}. ${todo}`);

  const bytesOf = (rank: number) => 8 + 4 * rank;
  const shortest = bytesOf(Math.min(...items.ranks));
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 4) {
    throw refuse(
      `a header of ${shortest} bytes`,
      head.length === 0 ? 'an empty file' : `only ${head.length} bytes`,
    );
  }
  const magic = view.getUint32(0);
  const rank = items.ranks.find((accepted) => magic === magicOf(accepted));
  if (rank === undefined) {
    const accepted = items.ranks.map((rank) => hex(magicOf(rank))).join(' or ');
    throw refuse(`which start with ${accepted}`, describeMagic(magic));
  }
  const bytes = bytesOf(rank);
  if (head.length < bytes) throw refuse(`a header of ${bytes} bytes`, `only ${head.length} bytes`);
  const count = view.getUint32(4);
  const itemShape = Array.from({ length: rank }, (_, i) => view.getUint32(8 + 4 * i));
  if (!items.accepts(itemShape)) {
    throw refuse(items.expected, `a header that says ${itemShape.join('x')}`);
  }
  if (count === 0 || count > maxCount) {
    throw refuse(`1 to ${maxCount} of them`, `a header that says ${count}`);
  }
  if (count * product(itemShape) > maxBytes) {
    throw refuse(
      `at most ${maxBytes} bytes of them`,
      `a header that says ${[count, ...itemShape].join('x')}`,
      'All files of a data set together may take at most 2 GiB: use fewer or smaller images.',
    );
  }
  return { count, itemShape, bytes };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}

function magicOf(rank: number): number {
  return 0x0801 + rank;
}

function describeMagic(magic: number): string {
  const swapped = '(are images and labels swapped?)';
  if (magic === magicOf(0)) return `${hex(magic)}, which starts a file of labels ${swapped}`;
  if (magic === magicOf(2)) return `${hex(magic)}, which starts a file of images ${swapped}`;
  if (magic === magicOf(3)) return `${hex(magic)}, which starts a file of images with channels`;
  if (magic >>> 16 === 0x1f8b)
    return 'a gzip file (give it a name that ends in .gz, or decompress it)';
  if (magic >>> 16 === 0x504b) return 'a zip archive (unpack it)';
  return `${hex(magic)}, which is not an IDX file of unsigned bytes`;
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}
