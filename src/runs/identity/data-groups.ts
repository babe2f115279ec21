import { isSameData } from './data-origin.js';
import { groupSame } from './group-same.js';
import type { RunOrigin } from './run-origin.js';

/**
 * Fill in missing contents hashes from runs on the same files.
 */
export function withKnownContents<T extends { readonly origin: RunOrigin }>(
  runs: readonly T[],
): T[] {
  const contentsOf = new Map(
    runs.flatMap(({ origin: { data } }) =>
      data.files !== undefined && data.contents !== undefined ? [[data.files, data.contents]] : [],
    ),
  );
  return runs.map((run) => {
    const { data } = run.origin;
    const contents = data.contents ?? contentsOf.get(data.files ?? '');
    return { ...run, origin: { ...run.origin, data: { ...data, contents } } };
  });
}

/** Group runs by data. */
export function dataGroups<T extends { readonly origin: RunOrigin }>(
  runs: readonly T[],
): [T, ...T[]][] {
  const groups = groupSame(
    runs,
    (a, b) => isSameData(a.origin.data, b.origin.data),
    ({ origin: { data } }) => data.contents !== undefined,
  );
  return groups as [T, ...T[]][];
}
