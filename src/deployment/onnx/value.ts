/** An input or output of a step; in the graph, channels come first. */
export interface Value {
  /** Its name in the graph; undefined if all channels are dropped and nothing is computed. */
  readonly name: string | undefined;
  /** Shape of one image, channels last; one axis after flattening. */
  readonly shape: readonly number[];
}

/** The axes in ONNX's order, channels first. */
export function channelsFirst(shape: readonly number[]): number[] {
  return [...shape.slice(-1), ...shape.slice(0, -1)];
}
