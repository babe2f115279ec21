import { join } from 'node:path';
import type { z } from 'zod';
import { parseJson, readBounded } from './read-bounded.js';
import { writeWhole } from './write-file.js';

/** A kind of JSON file. One schema gives the type of what it holds, and reads what is written here. */
export interface JsonFile<T> {
  readonly name: string;
  /** No larger one is read. */
  readonly mostBytes: number;
  encode(value: T): string;
  /** What a text is not trusted to hold; fields that the schema does not know are left out. */
  decode(text: string): z.ZodSafeParseResult<T>;
}

/** What a schema gives, for reading only. */
export type Decoded<Schema extends z.ZodType> = Immutable<z.output<Schema>>;

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** A file with one value, on lines of its own for people. */
export const jsonFile: JsonFileMaker = (name, mostBytes, schema) => {
  const encode = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return { name, mostBytes, encode, decode: decoderOf(schema) };
};

/** A file with a value in each line: `encode` gives a line, `decode` takes one without its end. */
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

/** Replaces a folder's file as a whole. @throws WriteError if it cannot be written */
export function writeJson<T>(folder: string, file: JsonFile<T>, value: T): Promise<void> {
  return writeWhole(join(folder, file.name), file.encode(value));
}

/** A folder's file; undefined: there is none. @throws UserError if it cannot be read */
export async function readText<T>(folder: string, file: JsonFile<T>): Promise<string | undefined> {
  const bytes = await readBounded(join(folder, file.name), file.mostBytes);
  return bytes?.toString();
}

/** The last whole line of a folder's file; undefined: there is none, or it cannot be read. */
export async function lastLine<T>(folder: string, file: JsonFile<T>): Promise<T | undefined> {
  const bytes = await readBounded(join(folder, file.name), file.mostBytes).catch(() => undefined);
  const end = bytes?.lastIndexOf('\n') ?? -1;
  if (!bytes || end < 0) return undefined;
  const start = end === 0 ? 0 : bytes.lastIndexOf('\n', end - 1) + 1;
  return file.decode(bytes.toString('utf8', start, end)).data;
}
