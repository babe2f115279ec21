import { createHash } from 'node:crypto';

/** Node hashes less than 2 GiB at once. */
const most = 2 ** 30;

/** SHA-256 of a file's contents, in hexadecimal. */
export function sha256Of(contents: Uint8Array): string {
  const hash = createHash('sha256');
  for (let from = 0; from < contents.length; from += most) {
    hash.update(contents.subarray(from, from + most));
  }
  return hash.digest('hex');
}

/** The first 16 hexadecimal digits of a text's SHA-256, unique in practice. */
export function shortDigest(text: string): string {
  return sha256Of(Buffer.from(text)).slice(0, 16);
}
