import { compact } from './compact.js';

/** A size with three digits: `62.1 kB`, `274 MB`, `3.38 GB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  return compact(bytes, 'B');
}
