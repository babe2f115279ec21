import { UserError } from '../../errors.js';
import type { DeployedNetwork, DeployedStep } from '../network.js';

/**
 * @param run for the message
 * @throws UserError where a tensor has 32 bits or is in full precision; it names all of them
 */
export function requireIntegers({ steps }: DeployedNetwork, run: string): void {
  const found = steps.flatMap(unroundedOf);
  if (found.length === 0) return;
  throw new UserError(
    `--integer: expected weights and activations of 2 to 16 bits, found ${found.join(', ')}: ${run}. ` +
      'Evaluate it without --integer.',
    2,
  );
}

function unroundedOf(step: DeployedStep): string[] {
  if (step.type === 'residual') {
    const summands = [...step.branch, ...step.shortcut].flatMap(unroundedOf);
    return [...summands, ...tooWide(`${step.name}/activation`, step.activation.bits)];
  }
  if (!('weight' in step)) return [];
  const { name, weight, weightBits, activation } = step;
  return [
    ...tooWide(weight, weightBits),
    ...(activation ? tooWide(`${name}/activation`, activation.bits) : []),
  ];
}

function tooWide(name: string, bits: number | null): string[] {
  if (bits !== null && bits <= 16) return [];
  return [`${name} ${bits === null ? 'in full precision' : `at ${bits} bits`}`];
}
