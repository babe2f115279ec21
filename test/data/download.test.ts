import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { download } from '../../src/data/download.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { answerWith, serve } from './archive-server.js';
import { expectUserError } from './idx-files.js';

const contents = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256);
const size = contents.length;
const quick = { pauseMs: 1, stallMs: 2000 };

async function target(start = 0): Promise<string> {
  const path = join(await temporaryFolder(), 'file.part');
  if (start > 0) await writeFile(path, contents.subarray(0, start));
  return path;
}

test('downloads the whole file, and reports progress', async () => {
  const { url, ranges } = await serve(answerWith(contents));
  const path = await target();
  const told: number[] = [];
  await download({ url, size }, path, { ...quick, onProgress: (done) => told.push(done) });
  expect(Buffer.compare(await readFile(path), contents)).toBe(0);
  expect(told.at(-1)).toBe(size);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(ranges).toEqual(['all']);
});

test('resumes a partial file, or keeps a complete one', async () => {
  const { url, ranges } = await serve(answerWith(contents));
  const path = await target(123_456);
  await download({ url, size }, path, quick);
  expect(Buffer.compare(await readFile(path), contents)).toBe(0);
  await download({ url, size }, path, quick);
  expect(ranges).toEqual(['bytes=123456-']);
});

test('starts over if the server ignores the range or the partial file is too long', async () => {
  const { url, ranges } = await serve((response) => response.end(contents));
  const path = await target(1000);
  await download({ url, size }, path, quick);
  expect(Buffer.compare(await readFile(path), contents)).toBe(0);
  await writeFile(path, Buffer.alloc(size + 1));
  await download({ url, size }, path, quick);
  expect(Buffer.compare(await readFile(path), contents)).toBe(0);
  expect(ranges).toEqual(['bytes=1000-', 'all']);
});

test('survives a server that closes the connection, and one that stalls', async () => {
  const whole = answerWith(contents);
  const { url, ranges } = await serve((response, request, number) => {
    if (number > 2) {
      whole(response, request, number);
    } else if (number === 1) {
      response.writeHead(200, { 'content-length': size });
      response.write(contents.subarray(0, 100_000), () => {
        setTimeout(() => response.destroy(), 50);
      });
    } else {
      response.writeHead(206, { 'content-range': `bytes 100000-${size - 1}/${size}` });
      // Then it stalls.
      response.write(contents.subarray(100_000, 200_000));
    }
  });
  const path = await target();
  await download({ url, size }, path, { ...quick, stallMs: 300 });
  expect(Buffer.compare(await readFile(path), contents)).toBe(0);
  expect(ranges).toEqual(['all', 'bytes=100000-', 'bytes=200000-']);
});

test('gives up on a server that never sends anything, and keeps the partial file', async () => {
  const { url, ranges } = await serve(() => undefined);
  const path = await target(1000);
  await expectUserError(download({ url, size }, path, { pauseMs: 1, stallMs: 50 }), [
    `${url}: expected ${size} bytes, found 1000 before the download failed`,
    'no data came for 0.05 seconds',
    path,
  ]);
  expect(ranges).toHaveLength(3);
  expect((await readFile(path)).length).toBe(1000);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test('says that a proxy was not used, and how to use it', async () => {
  const { url } = await serve(() => undefined);
  const failing = async () => download({ url, size }, await target(), { pauseMs: 1, stallMs: 50 });
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
  await expectUserError(failing(), [
    'The proxy in HTTPS_PROXY was not used',
    'NODE_USE_ENV_PROXY=1',
  ]);
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  // Node 20 ignores the variable.
  const canUse = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
  await expect(failing()).rejects.toThrow(
    canUse ? /continues from there\.$/ : 'use Node 22.21 or later with NODE_USE_ENV_PROXY=1',
  );
});

/** A server whose nth answer ends early, after `bytesOf(n)` bytes of the requested range. */
const inParts = (bytesOf: (number: number) => number) =>
  serve((response, { headers }, number) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${start}-${size - 1}/${size}`;
    response.writeHead(start > 0 ? 206 : 200, start > 0 ? { 'content-range': range } : {});
    response.end(contents.subarray(start, start + bytesOf(number)));
  });

test('makes at most 20 connections, however few bytes each one yields', async () => {
  const { url, ranges } = await inParts(() => 10);
  const path = await target();
  await expectUserError(download({ url, size }, path, { ...quick, pauseMs: 0 }), [
    `${url}: expected ${size} bytes, found 200 before the download failed (the connection ended early)`,
  ]);
  expect(ranges).toHaveLength(20);
  await expect(readFile(path)).resolves.toEqual(Buffer.from(contents.subarray(0, 200)));
});

test('succeeds if the twentieth connection completes the file', async () => {
  const { url, ranges } = await inParts(() => size / 20);
  const path = await target();
  await download({ url, size }, path, { ...quick, pauseMs: 0 });
  expect(Buffer.compare(await readFile(path), contents)).toBe(0);
  expect(ranges).toHaveLength(20);
});

test('resets the count of futile connections once one yields data', async () => {
  const { url, ranges } = await inParts((number) => (number % 3 === 0 ? size / 2 : 0));
  const path = await target();
  await download({ url, size }, path, { ...quick, pauseMs: 0 });
  expect(Buffer.compare(await readFile(path), contents)).toBe(0);
  expect(ranges).toHaveLength(6);
});

test.each([
  ['with 404 Not Found', 404, {}, 'found 404 Not Found'],
  ['for a range that was not requested', 206, { 'content-range': 'bytes 0-9/10' }, 'bytes 0-9/10'],
  ['for a range that is not specified', 206, {}, 'content-range: none'],
])('refuses an answer %s', async (_, status, headers, found) => {
  const { url } = await serve((response) => {
    response.writeHead(status, headers);
    response.end(contents.subarray(0, 10));
  });
  const path = await target(1000);
  await expectUserError(download({ url, size }, path, quick), [url, found]);
  expect((await readFile(path)).length).toBe(1000);
});

test('stops at a file longer than the published one, without storing the rest', async () => {
  const { url } = await serve((response) => response.end(contents));
  const path = await target();
  const shorter = { url, size: 100_000 };
  await expectUserError(download(shorter, path, quick), ['expected 100000 bytes, found more']);
  expect((await readFile(path)).length).toBeLessThanOrEqual(100_000);
});

test('reports why it cannot connect', async () => {
  const url = 'http://127.0.0.1:1/archive.tar.gz';
  await expectUserError(download({ url, size }, await target(), quick), [url, 'found 0 before']);
});

test('stops at a signal, and keeps the partial file', async () => {
  const { url } = await serve((response) => {
    response.writeHead(200, { 'content-length': size });
    response.write(contents.subarray(0, 50_000));
  });
  const path = await target();
  const controller = new AbortController();
  const reason = new Error('Enough');
  const onProgress = (done: number) => {
    if (done === 50_000) controller.abort(reason);
  };
  const work = download({ url, size }, path, { ...quick, signal: controller.signal, onProgress });
  await expect(work).rejects.toBe(reason);
  expect((await readFile(path)).length).toBe(50_000);
});
