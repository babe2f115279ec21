/**
 * The quantizer's gates as products: the paper's sum of gated residuals
 *
 *     x_q = z_2 (x_2 + z_4 (e_4 + z_8 (e_8 + z_16 (e_16 + z_32 e_32)))) = z_2 sum_b C_b e_b
 *
 * with `C_b = z_4 ... z_b` for b = 2, 4, 8, 16, 32, so that `C_2 = 1`, and `e_2 = x_2`.
 */

/** `C_b` of the five levels. @param z gates of 4, 8, 16 and 32 bits */
export function gateProducts(z: readonly number[]): number[] {
  const products = [1];
  for (const gate of z) products.push((products.at(-1) ?? NaN) * gate);
  return products;
}

/**
 * Round the products to float32 such that nonzero neighbors are equal only if the gate between them is
 * exactly 1: the quantizer decides by equality which levels it computes, and which gates have a gradient.
 */
export function distinctInFloat32(products: readonly number[]): number[] {
  const rounded: number[] = [];
  products.forEach((product, index) => {
    const outer = rounded.at(-1) ?? Infinity;
    const isOpen = product === products[index - 1];
    rounded.push(isOpen ? outer : Math.min(Math.fround(product), largestBelow(outer)));
  });
  return rounded;
}

/**
 * The gradients of the gates from those of the products, `r_b = dL / dC_b`. Let `G_b` be the gradient with
 * respect to the sum of level b and all wider ones: `G_32 = r_32`, `G_b = r_b + z_{2b} G_{2b}`. Then
 *
 *     dz_b = C_{b/2} G_b
 *
 * @param z gates of 4, 8, 16 and 32 bits
 * @param r `dL / dC_b` of the five levels
 * @returns `dL / dz` of 4, 8, 16 and 32 bits
 */
export function gateGradients(z: readonly number[], r: readonly number[]): number[] {
  const gradients = new Array<number>(z.length);
  let inner = 0;
  for (let index = z.length - 1; index >= 0; index--) {
    inner = (r[index + 1] ?? NaN) + (z[index + 1] ?? 0) * inner;
    const outer = z.slice(0, index).reduce((product, gate) => product * gate, 1);
    gradients[index] = outer * inner;
  }
  return gradients;
}

/** The largest float32 number below a normal positive one. */
function largestBelow(value: number): number {
  return Math.fround(value * (1 - 2 ** -24));
}
