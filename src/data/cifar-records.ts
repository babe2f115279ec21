import { UserError } from '../errors.js';

/** Height, width, channels. */
export const cifarImageShape = [32, 32, 3] as const;

const PLANE = 32 * 32;

/**
 * The labels in front of each image: how many classes each one tells apart. The last is the one
 * that is used: CIFAR-100 has a coarse label and then a fine one.
 */
export type CifarLabels = readonly { readonly what: string; readonly classes: number }[];

/** Bytes of a record: its labels, then the red, the green and the blue plane of 32x32, by rows. */
export function recordBytes(labels: CifarLabels): number {
  return labels.length + 3 * PLANE;
}

/** What a file holds, and its path for error messages. */
export interface Records {
  /** A whole number of records. */
  readonly contents: Uint8Array;
  readonly path: string;
  readonly labels: CifarLabels;
  /** What the user can do where a label is wrong. */
  readonly todo: string;
}

/**
 * Writes the records' images to the start of `images`, pixel by pixel (NHWC), and the last of their
 * labels to `classes`.
 *
 * @returns how many records there are.
 * @throws UserError if a label is not one of its classes.
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
    for (let at = red; at < red + PLANE; at++) {
      images[out] = contents[at] as number;
      images[out + 1] = contents[at + PLANE] as number;
      images[out + 2] = contents[at + 2 * PLANE] as number;
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
