/** The activation after a layer or a sum: `max(x, 0)`, `min(max(x, 0), 6)`, or none. */
export const activations = ['relu', 'relu6', 'none'] as const;
export type Activation = (typeof activations)[number];
