import type { Transform } from './transform.js';

/**
 * Compose transforms in order.
 *
 * @throws Error if two of them use the same name for a slot, a rate or a shared value
 */
export function chain(...transforms: readonly Transform[]): Transform {
  const slots = transforms.flatMap((one) => one.slots);
  checkNames('slots', slots);
  return {
    slots,
    rates: joined(
      'rates',
      transforms.map((one) => one.rates),
    ),
    shared: (gradients) =>
      joined(
        'shared values',
        transforms.map((one) => one.shared(gradients)),
      ),
    update: (step) =>
      transforms.reduce((soFar, one) => {
        const updated = one.update(soFar);
        return { ...soFar, ...updated, slots: { ...soFar.slots, ...updated.slots } };
      }, step),
  };
}

function joined<V>(
  what: string,
  records: readonly Readonly<Record<string, V>>[],
): Readonly<Record<string, V>> {
  const entries = records.flatMap((record) => Object.entries(record));
  checkNames(
    what,
    entries.map(([name]) => name),
  );
  return Object.fromEntries(entries);
}

function checkNames(what: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`chain: two ${what} are named "${twice}"`);
}
