import { bitWidths, type BitWidth } from '../bayesian-bits/gates.js';
import { UserError } from '../errors.js';
import type { Plan } from '../nn/plan.js';
import type { TestTimeQuantizer } from '../setup/network-cost.js';

/** One bit width for all weights, and one for all activations. */
export interface UniformBits {
  readonly weights: BitWidth;
  readonly activations: BitWidth;
}

/** No quantization. */
export const fullPrecision: UniformBits = { weights: 32, activations: 32 };

/** In the notation of papers: `w4a8`. */
export function formatUniformBits({ weights, activations }: UniformBits): string {
  return `w${weights}a${activations}`;
}

function isFullPrecision(bits: UniformBits): boolean {
  return bits.weights === 32 && bits.activations === 32;
}

/**
 * Parse `w4a8`: 4 bits for weights, 8 for activations.
 *
 * @param option the command-line option, for the message
 * @throws UserError (exit code 2) for any other text
 */
export function parseUniformBits(text: string, option: string): UniformBits {
  const [, weights, activations] = /^w(\d{1,2})a(\d{1,2})$/.exec(text)?.map(bitWidthOf) ?? [];
  if (weights !== undefined && activations !== undefined) return { weights, activations };
  throw new UserError(
    `${option}: found ${JSON.stringify(text)}, expected wXaY with X bits for weights and Y for ` +
      `activations, each one of ${bitWidths.join(', ')}. For example: ${option} w4a8`,
    2,
  );
}

function bitWidthOf(digits: string): BitWidth | undefined {
  return bitWidths.find((width) => String(width) === digits);
}

/**
 * A quantizer with these bits at each of a network's sites; in full precision nothing is rounded.
 *
 * @param keptOf the kept channels of a site; empty for all
 */
export function uniformQuantizers(
  plan: Plan,
  bits: UniformBits,
  keptOf: (site: string) => readonly boolean[] = () => [],
): Map<string, TestTimeQuantizer> {
  const rounded = !isFullPrecision(bits);
  return new Map(
    plan.quantizers.map(({ name, kind }) => [
      name,
      { bits: bits[kind], rounded, keptChannels: keptOf(name) },
    ]),
  );
}
