const units = [
  ['d', 24 * 3600],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** Elapsed time in the largest fitting unit: `3 h`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [unit, size] = units.find(([, size]) => whole >= size) ?? ['s', 1];
  return `${Math.floor(whole / size)} ${unit}`;
}
