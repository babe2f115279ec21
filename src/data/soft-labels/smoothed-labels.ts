/**
 * Label smoothing (Szegedy et al., CVPR 2016): the target probability of each class,
 *
 *     t_k = (1 - smoothing) [k = label] + smoothing / classes
 *
 * @returns shape [labels, classes]; without smoothing, one-hot labels
 */
export function smoothedLabels(
  labels: Int32Array,
  classes: number,
  smoothing: number,
): Float32Array {
  const targets = new Float32Array(labels.length * classes).fill(smoothing / classes);
  labels.forEach((label, row) => {
    targets[row * classes + label] = 1 - smoothing + smoothing / classes;
  });
  return targets;
}
