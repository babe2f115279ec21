import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../errors.js';

/** A published file. */
export interface RemoteFile {
  readonly url: string;
  /** Size in bytes. */
  readonly size: number;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes downloaded and the total. */
  readonly onProgress?: ((done: number, size: number) => void) | undefined;
  /** Time without data after which a connection is closed. */
  readonly stallMs?: number | undefined;
  /** Pause before the next attempt. */
  readonly pauseMs?: number | undefined;
}

/** Limits on consecutive connections without data, and on connections in total. */
const mostInVain = 3;
const mostAttempts = 20;

/**
 * Download a file to a path, resuming a partial file and reconnecting if the connection stalls or breaks. A
 * partial file stays for a later call. Only the size is checked, not the contents.
 *
 * @throws UserError if the server refuses, cannot be reached or has a file of another size; the operating
 *   system's error if the file cannot be written; an error once the signal is aborted
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
    if (done < remote.size && (inVain === mostInVain || attempt === mostAttempts)) {
      throw gaveUp(remote, path, done, reason);
    }
    if (done < remote.size) {
      await pause(options.pauseMs ?? 1000, undefined, { signal: options.signal });
    }
  }
}

/** Download over one connection and write from the file's byte `start`. */
async function fetchRest(
  { url, size }: RemoteFile,
  path: string,
  start: number,
  { signal, onProgress, stallMs = 30_000 }: DownloadOptions,
): Promise<void> {
  const stall = new AbortController();
  const timer = setTimeout(() => {
    stall.abort(new Error(`no data came for ${stallMs / 1000} seconds`));
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

/** Offset in the file at which a response begins: servers may ignore the requested range. */
function startOf(response: Response, url: string, start: number): number {
  const refused = (found: string) =>
    new UserError(
      `${url}: expected the file, found ${found}. Try again later, or download it by hand.`,
    );
  if (response.status === 200) return 0;
  if (response.status !== 206) throw refused(`${response.status} ${response.statusText}`.trim());
  const range = response.headers.get('content-range') ?? '';
  const [, first] = /^bytes (\d+)-/.exec(range) ?? [];
  if (start > 0 && Number(first) === start) return start;
  throw refused(`a part that was not requested (content-range: ${range || 'none'})`);
}

function wrongSize(url: string, size: number, found: string): UserError {
  return new UserError(
    `${url}: expected ${size} bytes, found ${found}: it is not the published file. Download it by hand.`,
  );
}

function gaveUp({ url, size }: RemoteFile, path: string, done: number, reason: unknown): UserError {
  const cause: unknown = reason instanceof Error ? (reason.cause ?? reason) : reason;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    `${url}: expected ${size} bytes, found ${done} before the download failed (${why}). They are kept in ` +
      `${path}: the same command continues from there.${aboutProxy(process.env)}`,
    1,
    { cause: reason },
  );
}

/** Node's fetch uses a proxy only if told to; Node 20's never does. */
function aboutProxy(env: NodeJS.ProcessEnv): string {
  const proxy = env['HTTPS_PROXY'] || env['https_proxy'];
  const canUse = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
  if (!proxy || (canUse && usesProxy(env))) return '';
  return (
    ' The proxy in HTTPS_PROXY was not used: ' +
    `${canUse ? 'set' : 'use Node 22.21 or later with'} NODE_USE_ENV_PROXY=1, or download the file yourself.`
  );
}

function usesProxy({ NODE_USE_ENV_PROXY, NODE_OPTIONS = '' }: NodeJS.ProcessEnv): boolean {
  return NODE_USE_ENV_PROXY === '1' || NODE_OPTIONS.includes('--use-env-proxy');
}

/** Whether writing the file failed: network errors are wrapped by fetch and lack this property. */
function isOfFile(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Size in bytes; 0 if the file does not exist. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
