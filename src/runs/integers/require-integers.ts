import { UserError } from '../../errors.js';
import { testTimeQuantizer } from '../../training/quantizer-state.js';
import type { StoredRun } from '../read-run.js';

const mostNamed = 6;

/** @throws UserError naming the tensors that have 32 bits or full precision */
export function requireIntegers({ folder, plan, quantizers }: StoredRun): void {
  const bySite = new Map(quantizers.map((quantizer) => [quantizer.site.name, quantizer]));
  const found = plan.quantizers.flatMap(({ name }) => {
    const quantizer = bySite.get(name);
    if (!quantizer?.site.rounded) return [`${name} in full precision`];
    return testTimeQuantizer(quantizer).bits > 16 ? [`${name} at 32 bits`] : [];
  });
  if (found.length === 0) return;
  const others = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : '';
  throw new UserError(
    `--integer: expected weights and activations of 2 to 16 bits, found ${found.slice(0, mostNamed).join(', ')}${others}: ` +
      `${folder}. Evaluate it without --integer.`,
    2,
  );
}
