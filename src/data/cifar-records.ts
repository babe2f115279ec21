import { UserError } from '../errors.js';

/** Height, width and channels. */
export const cifarImageShape = [32, 32, 3] as const;

const planeBytes = 32 * 32;

/**
 * The number of classes of each label before an image. The last label is used: CIFAR-100 stores a coarse
 * label, then a fine one.
 */
export type CifarLabels = readonly { readonly what: string; readonly classes: number }[];

/** Bytes of a record: labels, then the red, green and blue planes of 32x32 pixels, row-major. */
export function recordBytes(labels: CifarLabels): number {
  return labels.length + 3 * planeBytes;
}

/** A file's contents, and its path for error messages. */
export interface Records {
  /** An integer number of records. */
  readonly contents: Uint8Array;
  readonly path: string;
  readonly labels: CifarLabels;
  /** Advice to the user if a label is invalid. */
  readonly todo: string;
}

/**
 * Write the records' images (NHWC) to the start of `images`, and the last label of each record to
 * `classes`.
 *
 * @returns the number of records
 * @throws UserError if a label is out of range
 */
export function decodeRecords(
  { contents, path, labels, todo }: Records,
  images: Uint8Array,
  classes: Uint8Array,
): number {
  const size = recordBytes(labels);
  const count = contents.length / size;
  let out = 0;
  for (let record = 0; record < count; record++) {
    const start = record * size;
    labels.forEach((label, i) => {
      const found = contents[start + i] as number;
      if (found >= label.classes) throw badLabel(path, record, label, found, todo);
      classes[record] = found;
    });
    const red = start + labels.length;
    for (let at = red; at < red + planeBytes; at++) {
      images[out] = contents[at] as number;
      images[out + 1] = contents[at + planeBytes] as number;
      images[out + 2] = contents[at + 2 * planeBytes] as number;
      out += 3;
    }
  }
  return count;
}

function badLabel(
  path: string,
  record: number,
  { what, classes }: CifarLabels[number],
  found: number,
  todo: string,
): UserError {
  return new UserError(
    `${path}: expected a ${what} from 0 to ${classes - 1}, found ${found} in record ${record} ` +
      `(counted from 0). ${todo}`,
  );
}
