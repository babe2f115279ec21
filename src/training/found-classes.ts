/** The class of each image: the first of its largest logits, as argMax has it. */
export function foundClasses(logits: Float32Array, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, image) =>
    logits
      .subarray(image * classes, (image + 1) * classes)
      .reduce((best, value, at, all) => (value > (all[best] ?? -Infinity) ? at : best), 0),
  );
}
