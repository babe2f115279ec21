import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The golden vectors of the authors' implementation: see test/golden/README.md. */
const folder = process.env['GOLDEN_DIR'] ?? fileURLToPath(new URL('../golden', import.meta.url));

export function readGolden(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

export interface GoldenQuantizerCase {
  readonly name: string;
  /** Row-major; weights have output channels first. */
  readonly shape: [number, number];
  readonly signed: boolean;
  readonly training: boolean;
  readonly gating: 'l0' | 'fixed';
  readonly beta: number;
  readonly phi: Record<string, number[]>;
  readonly u?: Record<string, number[]>;
  readonly x: number[];
  readonly dy: number[];
  readonly y: number[];
  readonly dx?: number[];
  readonly dbeta?: number;
  readonly dphi?: Record<string, number[]>;
  readonly macs: number;
  readonly maxMacs: number;
  readonly regularizer: number;
  readonly dregularizer: Record<string, number[]>;
  readonly bits: number;
}

/** The transposed row-major matrix: golden weights have output channels first, ours last. */
export function transpose(values: ArrayLike<number>, rows: number, columns: number): number[] {
  return Array.from(
    { length: rows * columns },
    (_, index) => values[(index % rows) * columns + Math.floor(index / rows)] as number,
  );
}
