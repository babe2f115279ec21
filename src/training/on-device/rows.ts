import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../compile/entry.js';

/** Inputs of one step, on the host. */
export type Row = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array | Int32Array }>
>;

/** Copy the values of host tensors, since the next batch may reuse the memory. */
export function rowOf(tensors: NamedTensors): Row {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      { shape: tensor.shape, values: tensor.dataSync<'float32' | 'int32'>().slice() },
    ]),
  );
}

/** Stack rows into a tensor [most, ...] per name, 0 for missing rows; the caller disposes of the tensors. */
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
