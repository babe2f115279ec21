import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../compile/entry.js';

/** What a step is given, on the host. */
export type Row = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array | Int32Array }>
>;

/** What tensors of the host hold, copied: a batch may lie in the memory of the one before. */
export function rowOf(tensors: NamedTensors): Row {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      { shape: tensor.shape, values: tensor.dataSync<'float32' | 'int32'>().slice() },
    ]),
  );
}

/** Rows as one tensor for each name, those that are not there 0; the caller's to dispose. */
export function inRows(rows: readonly Row[], most: number): NamedTensors {
  return Object.fromEntries(
    Object.entries(rows[0] ?? {}).map(
      ([
        name,
        {
          shape,
          values: { length, constructor },
        },
      ]) => {
        const isWhole = constructor === Int32Array;
        const all = isWhole ? new Int32Array(most * length) : new Float32Array(most * length);
        rows.forEach((row, index) => {
          all.set(row[name]?.values ?? [], index * length);
        });
        return [name, tf.tensor(all, [most, ...shape], isWhole ? 'int32' : 'float32')];
      },
    ),
  );
}
