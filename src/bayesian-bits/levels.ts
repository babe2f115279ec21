/**
 * The quantizer's gates as weights of five levels, in plain numbers.
 *
 * The paper sums residuals, `x_q = z_2 (x_2 + z_4 (e_4 + z_8 (e_8 + z_16 (e_16 + z_32 e_32))))`. Each
 * grid contains the coarser one, so that `e_b = x_b - x_{b/2}` with `x_b = s_b round(x_c / s_b)`, and
 *
 *     x_q = z_2 sum_b c_b x_b        b = 2, 4, 8, 16, 32
 *
 * where the coefficients sum to 1 and most of them are 0.
 */

/** `c_b = z_4 ... z_b (1 - z_{2b})`, and `c_32 = z_4 z_8 z_16 z_32`. @param z of 4, 8, 16, 32 bits */
export function levelCoefficients(z: readonly number[]): number[] {
  let outer = 1;
  const coefficients = z.map((next) => {
    const coefficient = outer * (1 - next);
    outer *= next;
    return coefficient;
  });
  return [...coefficients, outer];
}

/**
 * The gates' gradients from those of the coefficients.
 *
 * With `D_b` the gradient to the value of everything from level b on, `D_32 = d_32` and
 * `D_b = d_b + z_{2b} (D_{2b} - d_b)`:
 *
 *     dz_{2b} = z_4 ... z_b (D_{2b} - d_b)
 *
 * @param z of 4, 8, 16, 32 bits
 * @param d `dL / dc_b` of the five levels; that of a level with `c_b = 0` counts only for gates
 *   that are saturated or behind a closed one, which pass nothing on to their phi
 * @returns `dL / dz` of 4, 8, 16, 32 bits
 */
export function gateGradients(z: readonly number[], d: readonly number[]): number[] {
  const gradients = new Array<number>(z.length);
  let inner = d[z.length] ?? NaN;
  for (let index = z.length - 1; index >= 0; index--) {
    const here = d[index] ?? NaN;
    const outer = z.slice(0, index).reduce((product, gate) => product * gate, 1);
    gradients[index] = outer * (inner - here);
    inner = here + (z[index] ?? NaN) * (inner - here);
  }
  return gradients;
}
