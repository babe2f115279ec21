import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The golden vectors of the authors' implementation: see test/golden/README.md. */
const folder = process.env['GOLDEN_DIR'] ?? fileURLToPath(new URL('../golden', import.meta.url));

export function readGolden(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

export interface GoldenQuantizerCase {
  name: string;
  /** Row-major; weights have output channels first. */
  shape: [number, number];
  signed: boolean;
  training: boolean;
  gating: 'l0' | 'fixed';
  beta: number;
  phi: Record<string, number[]>;
  u?: Record<string, number[]>;
  x: number[];
  dy: number[];
  y: number[];
  dx?: number[];
  dbeta?: number;
  dphi?: Record<string, number[]>;
  macs: number;
  maxMacs: number;
  regularizer: number;
  dregularizer: Record<string, number[]>;
  bits: number;
}

/** The transposed row-major matrix: golden weights have output channels first, ours last. */
export function transpose(values: ArrayLike<number>, rows: number, columns: number): number[] {
  return Array.from(
    { length: rows * columns },
    (_, index) => values[(index % rows) * columns + Math.floor(index / rows)] as number,
  );
}
