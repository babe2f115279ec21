/** Predicted class of each image: the first maximum of its logits, shape [images, classes], like argMax. */
export function foundClasses(logits: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, image) => {
    const first = image * classes;
    let best = 0;
    for (let at = 1; at < classes; at++) {
      if ((logits[first + at] ?? NaN) > (logits[first + best] ?? NaN)) best = at;
    }
    return best;
  });
}
