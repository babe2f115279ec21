/** A default session may cost so many points of accuracy. */
export const mostPoints = 0.1;

/** In percent. @param found the class of each image */
export function accuracy(found: readonly number[], labels: ArrayLike<number>): number {
  const correct = found.filter((each, image) => each === labels[image]).length;
  return (100 * correct) / found.length;
}

/**
 * Whether classes are as often right as others are: to `mostPoints`, or where few images tell, to what chance
 * makes of those that are right once. Of n such images, n/2 +- sqrt(n)/2 are right in one of two equal networks:
 * the numbers of both kinds differ by at most 2 sqrt(n) in 95 % of cases (a sign test).
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
