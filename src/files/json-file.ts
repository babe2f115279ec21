import { join } from 'node:path';
import type { z } from 'zod';
import { parseJson, readBounded } from './read-bounded.js';
import { writeWhole } from './write-file.js';

/** A kind of JSON file. One schema defines the type and reads what was written. */
export interface JsonFile<T> {
  readonly name: string;
  /** The maximum size in bytes; larger files are not read. */
  readonly mostBytes: number;
  encode(value: T): string;
  /** Validates the file's contents; unknown fields are dropped. */
  decode(text: string): z.ZodSafeParseResult<T>;
}

/** The schema's type, read-only. */
export type Decoded<Schema extends z.ZodType> = Immutable<z.output<Schema>>;

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** A file with one value, pretty-printed. */
export const jsonFile: JsonFileMaker = (name, mostBytes, schema) => {
  const encode = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return { name, mostBytes, encode, decode: decoderOf(schema) };
};

/** A file with one value per line: `encode` makes a line, `decode` parses one without its newline. */
export const jsonLines: JsonFileMaker = (name, mostBytes, schema) => {
  const encode = (value: unknown) => `${JSON.stringify(value)}\n`;
  return { name, mostBytes, encode, decode: decoderOf(schema) };
};

type JsonFileMaker = <Schema extends z.ZodType>(
  name: string,
  mostBytes: number,
  schema: Schema,
) => JsonFile<Decoded<Schema>>;

function decoderOf<Schema extends z.ZodType>(schema: Schema) {
  return (text: string) =>
    schema.safeParse(parseJson(text)) as z.ZodSafeParseResult<Decoded<Schema>>;
}

/** Atomically replace a folder's file. @throws WriteError if it cannot be written */
export function writeJson<T>(folder: string, file: JsonFile<T>, value: T): Promise<void> {
  return writeWhole(join(folder, file.name), file.encode(value));
}

/** Read a folder's file; undefined if it does not exist. @throws UserError if it cannot be read */
export async function readText<T>(folder: string, file: JsonFile<T>): Promise<string | undefined> {
  const bytes = await readBounded(join(folder, file.name), file.mostBytes);
  return bytes?.toString();
}

/** The last complete line of a folder's file; undefined if the file is missing or unreadable. */
export async function lastLine<T>(folder: string, file: JsonFile<T>): Promise<T | undefined> {
  const bytes = await readBounded(join(folder, file.name), file.mostBytes).catch(() => undefined);
  const end = bytes?.lastIndexOf('\n') ?? -1;
  if (!bytes || end < 0) return undefined;
  const start = end === 0 ? 0 : bytes.lastIndexOf('\n', end - 1) + 1;
  return file.decode(bytes.toString('utf8', start, end)).data;
}
