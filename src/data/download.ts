import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../errors.js';

/** A published file. */
export interface RemoteFile {
  readonly url: string;
  /** In bytes. */
  readonly size: number;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Is told how many bytes are there, of how many. */
  readonly onProgress?: ((done: number, size: number) => void) | undefined;
  /** After so long without a byte a connection is given up. */
  readonly stallMs?: number | undefined;
  /** Before the next attempt. */
  readonly pauseMs?: number | undefined;
}

/** So many connections in a row may bring nothing, and so many may be made in all. */
const MOST_IN_VAIN = 3;
const MOST = 20;

/**
 * Downloads a file to a path, going on from what is there already, again and again if the connection
 * stalls or breaks. What has come stays, so that a later call goes on. The contents are not checked:
 * anything of the right size is taken.
 *
 * @throws UserError if the server refuses, has something of another size, or cannot be reached; the
 *   operating system's error where the file cannot be written; any error once the signal is aborted.
 */
export async function download(
  remote: RemoteFile,
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  let inVain = 0;
  let done = await sizeOf(path);
  if (done > remote.size) {
    await rm(path);
    done = 0;
  }
  for (let attempt = 1; done < remote.size; attempt++) {
    let reason: unknown = 'the connection ended early';
    try {
      await fetchRest(remote, path, done, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof UserError || isOfFile(error)) throw error;
      reason = error;
    }
    const now = await sizeOf(path);
    inVain = now > done ? 0 : inVain + 1;
    done = now;
    if (done < remote.size && (inVain === MOST_IN_VAIN || attempt === MOST)) {
      throw gaveUp(remote, path, done, reason);
    }
    if (done < remote.size) {
      await pause(options.pauseMs ?? 1000, undefined, { signal: options.signal });
    }
  }
}

/** One connection. What it brings is written after the first `start` bytes of the file. */
async function fetchRest(
  { url, size }: RemoteFile,
  path: string,
  start: number,
  { signal, onProgress, stallMs = 30_000 }: DownloadOptions,
): Promise<void> {
  const stall = new AbortController();
  const timer = setTimeout(() => {
    stall.abort(new Error(`nothing came for ${stallMs / 1000} seconds`));
  }, stallMs);
  try {
    const response = await fetch(url, {
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
      headers: {
        'accept-encoding': 'identity',
        ...(start > 0 && { range: `bytes=${start}-` }),
      },
    });
    const from = startOf(response, url, start);
    const file = await open(path, from > 0 ? 'r+' : 'w');
    try {
      let done = from;
      const body: AsyncIterable<Uint8Array> | null = response.body;
      for await (const chunk of body ?? []) {
        timer.refresh();
        if (done + chunk.length > size) throw wrongSize(url, size, 'more');
        await file.write(chunk, 0, chunk.length, done);
        done += chunk.length;
        onProgress?.(done, size);
      }
    } finally {
      await file.close();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Where in the file a response begins: servers may ignore the range that was asked for. */
function startOf(response: Response, url: string, start: number): number {
  const refused = (found: string) =>
    new UserError(`${url}: expected the file, found ${found}. Try again later, or get it by hand.`);
  if (response.status === 200) return 0;
  if (response.status !== 206) throw refused(`${response.status} ${response.statusText}`.trim());
  const range = response.headers.get('content-range') ?? '';
  const [, first] = /^bytes (\d+)-/.exec(range) ?? [];
  if (start > 0 && Number(first) === start) return start;
  throw refused(`a part of it that was not asked for (content-range: ${range || 'none'})`);
}

function wrongSize(url: string, size: number, found: string): UserError {
  return new UserError(
    `${url}: expected ${size} bytes, found ${found}: it is not the published file. Get it by hand.`,
  );
}

function gaveUp({ url, size }: RemoteFile, path: string, done: number, reason: unknown): UserError {
  const cause: unknown = reason instanceof Error ? (reason.cause ?? reason) : reason;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    `${url}: expected ${size} bytes, found ${done} before it gave up (${why}). They are kept in ` +
      `${path}: the same command goes on from there.`,
    1,
    { cause: reason },
  );
}

/** Writing failed: errors of the network come wrapped in one of fetch's. */
function isOfFile(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** In bytes; 0 if there is no such file. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
