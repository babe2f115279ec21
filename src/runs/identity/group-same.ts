/**
 * Group equal values, in the order of the groups' first members. A partly known value may equal two values
 * that differ, so equality is not transitive. Such a value joins a group only if it equals all members of
 * exactly one.
 *
 * @param isKnown whether a value is fully known; these are grouped first
 */
export function groupSame<T>(
  values: readonly T[],
  isSame: (a: T, b: T) => boolean,
  isKnown: (value: T) => boolean,
): T[][] {
  const groups: T[][] = [];
  for (const value of [...values.filter(isKnown), ...values.filter((each) => !isKnown(each))]) {
    const [group, ...others] = groups.filter((members) =>
      members.every((member) => isSame(member, value)),
    );
    if (group === undefined || others.length > 0) groups.push([value]);
    else group.push(value);
  }
  const order = new Map(values.map((value, index) => [value, index]));
  const at = (value: T | undefined) => (value === undefined ? 0 : (order.get(value) ?? 0));
  for (const group of groups) group.sort((a, b) => at(a) - at(b));
  return groups.sort(([a], [b]) => at(a) - at(b));
}
