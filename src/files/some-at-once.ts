/** Limit on open files: systems allow about a thousand; a shared folder serves several requests at once. */
const most = 32;

/** Map items with a function that opens files, with limited concurrency. @returns the results in item order */
export async function someAtOnce<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
