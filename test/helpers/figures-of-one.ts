/** The figures of every epoch and result, all 1, for tests of other fields. */
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
