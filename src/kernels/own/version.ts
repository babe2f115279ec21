/**
 * The version of bbits' own kernels, whose source is in `src/kernels/native`: a change that changes the
 * bits of a result, or what the addon registers, makes a new one.
 */
export const kernelsVersion = '2';
