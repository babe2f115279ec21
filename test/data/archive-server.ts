import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Archive } from '../../src/data/get.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { cifar10Names, smallCifar10 } from './cifar-files.js';
import { writeFiles } from './idx-files.js';

/** How a server answers a request, numbered from 1. */
export type Answer = (response: ServerResponse, request: IncomingMessage, number: number) => void;

/** A server that runs until the test ends, and the ranges requested from it. */
export async function serve(answer: Answer): Promise<{ url: string; ranges: string[] }> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? 'all');
    answer(response, request, ranges.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/archive.tar.gz`, ranges };
}

/** Answer correctly, from the start of the requested range. */
export function answerWith(contents: Uint8Array): Answer {
  return (response, { headers }) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${start}-${contents.length - 1}/${contents.length}`;
    response.writeHead(start > 0 ? 206 : 200, start > 0 ? { 'content-range': range } : {});
    response.end(contents.subarray(start));
  };
}

/** A small CIFAR-10, packed like the published archive, without a URL. */
export async function smallArchive(): Promise<{ contents: Buffer; archive: Omit<Archive, 'url'> }> {
  const folder = await temporaryFolder();
  const name = 'cifar-10-batches-bin';
  await mkdir(join(folder, name));
  await writeFiles(join(folder, name), {
    ...smallCifar10,
    'readme.html': Buffer.from('<p>Read me</p>'),
    'batches.meta.txt': Buffer.from('airplane\nautomobile\n'),
  });
  const path = join(folder, 'archive.tar.gz');
  execFileSync('tar', ['-czf', path, '--format=ustar', name], { cwd: folder });
  const contents = await readFile(path);
  const md5 = createHash('md5').update(contents).digest('hex');
  const files = [...cifar10Names, 'batches.meta.txt'];
  return { contents, archive: { size: contents.length, md5, folder: name, files } };
}
