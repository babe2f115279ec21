const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

/**
 * Numbers for people, wherever they are shown: a count of BOPs, MACs, parameters or bytes as is below a
 * thousand, else three digits of it in a power of 1000: `2.36 M`. Files have plain numbers.
 */
export function compact(value: number, unit = ''): string {
  let [scaled, power] = [Math.round(value), 0];
  // 999.5 has three digits only as 1.00 of the next power.
  while (scaled >= 999.5 && power < prefixes.length - 1)
    [scaled, power] = [scaled / 1000, power + 1];
  const digits = power === 0 ? String(scaled) : scaled.toPrecision(3);
  return `${digits} ${prefixes[power] ?? ''}${unit}`.trimEnd();
}
