/** Accepted loss of accuracy of a default session, in percentage points. */
export const mostPoints = 0.1;

/** Accuracy in percent. @param found the predicted class of each image */
export function accuracy(found: readonly number[], labels: ArrayLike<number>): number {
  const correct = found.filter((each, image) => each === labels[image]).length;
  return (100 * correct) / found.length;
}

/**
 * Whether two predictions are equally accurate: within `mostPoints` or, on few images, within chance. Let n
 * be the number of images that exactly one of them gets right. If both are equally good, each wins n/2 +-
 * sqrt(n)/2 of these, so the counts differ by at most 2 sqrt(n) in 95 % of cases (a sign test).
 */
export function isAsAccurate(
  found: readonly number[],
  evaluated: readonly number[],
  labels: ArrayLike<number>,
): boolean {
  const isRight = (classes: readonly number[], image: number) => classes[image] === labels[image];
  const won = found.filter((_, image) => isRight(found, image) && !isRight(evaluated, image));
  const lost = found.filter((_, image) => !isRight(found, image) && isRight(evaluated, image));
  const difference = Math.abs(won.length - lost.length);
  const isClose = (100 * difference) / found.length <= mostPoints;
  return isClose || difference <= 2 * Math.sqrt(won.length + lost.length);
}
