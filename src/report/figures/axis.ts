/** An axis of numbers. */
export interface NumberAxis {
  readonly isLog: boolean;
  readonly domain: readonly [number, number];
  /** Positions of the tick labels; undefined: chosen by the drawing library. */
  readonly ticks: readonly number[] | undefined;
}

/** Wider ranges need a logarithmic axis. */
const decade = 10;
/** Margin at each end, as a fraction of the axis. */
const margin = 0.06;

/** An axis for positive numbers, logarithmic if they span more than a decade. */
export function costAxis(values: readonly number[]): NumberAxis {
  const positive = values.filter((value) => value > 0);
  const [low, high] = extent(positive.length > 0 ? positive : [1]);
  if (high / low > decade) {
    return logAxis(positive);
  }
  return linearAxis(values, 0, Infinity);
}

/** A logarithmic axis for the positive values. */
export function logAxis(values: readonly number[], share = margin): NumberAxis {
  const positive = values.filter((value) => value > 0);
  const [low, high] = extent(positive.length > 0 ? positive : [1]);
  const room = high > low ? (high / low) ** share : 2;
  const domain = [low / room, high * room] as const;
  const ticks = logTicks(domain);
  // With too few ticks, the axis would be unlabeled: the library chooses them instead.
  return { isLog: true, domain, ticks: ticks.length > 1 ? ticks : undefined };
}

/** A linear axis that need not start at 0, within [least, most]. */
export function linearAxis(values: readonly number[], least: number, most: number): NumberAxis {
  const [low, high] = extent(values.length > 0 ? values : [least]);
  // A single value also needs room around it.
  const room = high > low ? (high - low) * margin : Math.max(Math.abs(high) * margin, 0.01);
  const domain = [Math.max(least, low - room), Math.min(most, high + room)] as const;
  return { isLog: false, domain, ticks: undefined };
}

/** Position of a value, as a fraction of the axis's length. */
export function positionOn({ isLog, domain }: NumberAxis, value: number): number {
  const [low, high] = domain.map((end) => (isLog ? Math.log(end) : end)) as [number, number];
  const at = isLog ? Math.log(Math.max(value, domain[0])) : value;
  return (at - low) / (high - low);
}

/** 1, 2 and 5 times powers of ten; over more than three decades, only the powers. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const factors = high / low > decade ** 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    // Parsed from text, as 10 ** -4 * 5 is not 0.0005.
    ticks.push(...factors.map((factor) => Number(`${factor}e${power}`)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function extent(values: readonly number[]): readonly [number, number] {
  return [
    values.reduce((least, value) => Math.min(least, value), Infinity),
    values.reduce((most, value) => Math.max(most, value), -Infinity),
  ];
}
