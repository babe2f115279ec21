const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

/**
 * A count of BOPs, MACs, parameters or bytes for people: exact below a thousand, otherwise three digits in a
 * power of 1000, such as `2.36 M`. Files contain exact numbers.
 */
export function compact(value: number, unit = ''): string {
  let [scaled, power] = [Math.round(value), 0];
  // 999.5 rounds to 1.00 of the next power.
  while (scaled >= 999.5 && power < prefixes.length - 1)
    [scaled, power] = [scaled / 1000, power + 1];
  const digits = power === 0 ? String(scaled) : scaled.toPrecision(3);
  return `${digits} ${prefixes[power] ?? ''}${unit}`.trimEnd();
}
