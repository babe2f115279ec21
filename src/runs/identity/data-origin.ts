import type { Config } from '../../config/config.js';
import { shortDigest } from '../../files/checksum.js';
import type { DatasetRecord } from '../folder/record-file.js';

/** Identity of a run's data, as far as its folder records it. */
export interface DataOrigin {
  /** From the config: a name or a folder. */
  readonly config: Config['dataset'];
  /** Hash of the splits' decoded images and labels and of the metadata that networks use. */
  readonly contents: string | undefined;
  /** The same hash over the files' checksums, which are all that runs of earlier versions have. */
  readonly files: string | undefined;
}

/** Identify a run's data. @param record undefined if there is none or if the data cannot be read */
export function dataOrigin(
  config: Config['dataset'],
  record: DatasetRecord | undefined,
): DataOrigin {
  const { contents, files = [] } = record ?? {};
  return {
    config,
    contents: record && contents && hash(record, contents),
    files: record && files.length > 0 ? hash(record, checksums(record)) : undefined,
  };
}

/** Compare by contents, else by files, else by name or folder. */
export function isSameData(a: DataOrigin, b: DataOrigin): boolean {
  if (a.contents !== undefined && b.contents !== undefined) return a.contents === b.contents;
  if (a.files !== undefined && b.files !== undefined) return a.files === b.files;
  return nameOf(a) === nameOf(b);
}

/** Checksums only: file names are not compared. */
function checksums({ files }: DatasetRecord): string[] {
  return files.map(({ sha256 }) => sha256);
}

function nameOf({ config }: DataOrigin): string {
  return JSON.stringify('name' in config ? config.name : [config.path]);
}

function hash({ classes, imageShape, mean, std }: DatasetRecord, contents: unknown): string {
  const text = JSON.stringify([classes, imageShape, mean, std, contents]);
  return shortDigest(text);
}

/**
 * List the differences between two data sets, one per line:
 * `SHA-256 of test labels: the run has 1a2b3c4d, now there is ...`. Without contents, files are compared.
 */
export function dataDifferences(had: DatasetRecord, now: DatasetRecord): string[] {
  return [
    ...difference('classes', had.classes, now.classes),
    ...difference('image shape', had.imageShape.join('x'), now.imageShape.join('x')),
    ...difference('mean', had.mean.join(', '), now.mean.join(', ')),
    ...difference('std', had.std.join(', '), now.std.join(', ')),
    ...(had.contents && now.contents
      ? contentsDifferences(had.contents, now.contents)
      : fileDifferences(had, now)),
  ];
}

type Contents = NonNullable<DatasetRecord['contents']>;

function contentsDifferences(had: Contents, now: Contents): string[] {
  const splits = ['training', 'test'] as const;
  const kinds = ['images', 'labels'] as const;
  return splits.flatMap((split) =>
    kinds.flatMap((kind) => sumDifference(`${split} ${kind}`, had[split][kind], now[split][kind])),
  );
}

function fileDifferences(had: DatasetRecord, now: DatasetRecord): string[] {
  if (checksums(had).join() === checksums(now).join()) return [];
  return had.files.flatMap(({ name, sha256 }, at) => {
    const other = now.files.find((file) => file.name === name) ?? now.files[at];
    return sumDifference(name, sha256, other?.sha256 ?? 'no such file');
  });
}

/** Compare checksums and show their first 16 digits. */
export function sumDifference(what: string, had: string, now: string): string[] {
  return difference(`SHA-256 of ${what}`, had.slice(0, 16), now.slice(0, 16));
}

export function difference(what: string, had: string | number, now: string | number): string[] {
  return had === now ? [] : [`${what}: the run has ${had}, now there is ${now}`];
}
