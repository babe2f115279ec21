import { createReadStream, existsSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.js';
import { escapeControls } from '../text/escape-controls.js';
import { mostBytes } from './yaml.js';

/**
 * Read the text of a config file or a pipe. A config that comes with bbits can be named by its path in bbits'
 * own folder, `configs/quickstart.yaml`, unless the current folder has such a file.
 *
 * @throws UserError (exit code 2) if it cannot be read, is too large or is not text
 */
export async function readConfig(file: string): Promise<string> {
  const refuse = (text: string, cause?: unknown) =>
    new UserError(`${escapeControls(file)}: ${text}`, 2, { cause });
  const bytes = await readBytes(placeOf(file)).catch((error: unknown) => {
    throw refuse(reason(error), error);
  });
  if (bytes.length > mostBytes) {
    throw refuse(`found more than ${mostBytes / 1024} KiB, expected a config in YAML`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw refuse('found bytes that are not UTF-8 text, expected a config in YAML', error);
  }
}

function placeOf(file: string): string {
  const path = normalize(file);
  if (isAbsolute(path) || !/^configs[\\/]/.test(path) || existsSync(path)) return file;
  const ours = join(fileURLToPath(new URL('../..', import.meta.url)), path);
  return existsSync(ours) ? ours : file;
}

/** Read at most slightly more than the maximum, since some files are endless. */
async function readBytes(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { end: mostBytes })) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'found no such file',
  ENOTDIR: 'found no such file',
  EISDIR: 'found a folder',
  EACCES: 'found a file that may not be read (permission denied)',
};

function reason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return `${reasons[code] ?? `cannot be read (${escapeControls(message)})`}, expected a config in YAML`;
}
