/** The kinds of parameters. Weights include batch norms' scales, biases their shifts. */
export const everything = ['weights', 'biases', 'gates', 'ranges'] as const;
export type Learnable = (typeof everything)[number];
