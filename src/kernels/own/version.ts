/**
 * The version of bbits' own kernels (`src/kernels/native`). Increase it with any change of a result's bits or
 * of the ops that the addon registers.
 */
export const kernelsVersion = '2';
