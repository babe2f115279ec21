/** So many files are open at the same time: systems allow a thousand or so, and shared folders answer several at once. */
const most = 32;

/** Does for each of many what opens files, some at once. @returns what comes of each, in their order */
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
