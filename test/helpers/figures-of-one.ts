/** What every epoch and every result has, all of it 1: for tests of what stands beside. */
export const figuresOfOne = {
  loss: 1,
  crossEntropy: 1,
  regularizer: 1,
  trainAccuracyPercent: 1,
  testCrossEntropy: 1,
  testAccuracyPercent: 1,
  relativeBopsPercent: 1,
  gbops: 1,
} as const;
