import { compact } from './compact.js';

/** A size in three digits: `62.1 kB`, `274 MB`, `3.38 GB`; powers of 1000, as PyPI gives them. */
export function formatBytes(bytes: number): string {
  return compact(bytes, 'B');
}
