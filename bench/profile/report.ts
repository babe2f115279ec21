import { plainTable } from '../../src/cli/output/plain-table.js';
import { compact } from '../../src/text/compact.js';
import type { Profile } from './profile.js';
import type { Row } from './rows.js';

/** A profile's figures, for `--json`. */
export function summaryOf({ stepMs, processorMs, rows, rates }: Profile) {
  const sumOf = (some: readonly Row[], figure: 'ms' | 'floorMs') =>
    some.reduce((sum, row) => sum + row[figure], 0);
  const quantizers = rows.filter(({ name }) => name.startsWith('BbitsQuantize'));
  const percent = (ms: number) => (100 * ms) / stepMs;
  const shares = rows
    .toSorted((a, b) => b.ms - a.ms)
    .map((row) => ({ ...row, percent: percent(row.ms) }));
  return {
    stepMs,
    processorMs,
    rows: shares,
    sumMs: sumOf(rows, 'ms'),
    sumPercent: percent(sumOf(rows, 'ms')),
    floor: {
      bytesPerSecond: rates.bytes,
      operationsPerSecond: rates.operations,
      ms: sumOf(rows, 'floorMs'),
      percent: percent(sumOf(rows, 'floorMs')),
      quantizersMs: sumOf(quantizers, 'floorMs'),
    },
  };
}

/** Rows below this percentage share one line. */
const small = 0.5;

/** A profile's figures as readable lines. */
export function profileLines(profile: Profile): string[] {
  const { rows, stepMs, processorMs, sumMs, sumPercent, floor } = summaryOf(profile);
  const isShown = ({ kind, percent }: (typeof rows)[number]) =>
    kind !== 'kernel' || percent >= small;
  const hidden = rows.filter((row) => !isShown(row));
  const total = (figure: 'runs' | 'ms' | 'floorMs' | 'percent') =>
    hidden.reduce((sum, row) => sum + row[figure], 0);
  const cells = [
    ...rows.filter(isShown),
    {
      name: `${hidden.length} kinds of kernels below ${small} %`,
      kind: 'kernel' as const,
      runs: total('runs'),
      ms: total('ms'),
      percent: total('percent'),
      floorMs: total('floorMs'),
    },
  ].map(({ name, kind, runs, ms, percent, floorMs }) => [
    name,
    ...(kind === 'kernel' ? [runs.toFixed(0)] : ['']),
    ms.toFixed(2),
    percent.toFixed(1),
    ...(kind === 'kernel' ? [floorMs.toFixed(2)] : ['']),
  ]);
  const sum = ['sum', '', sumMs.toFixed(2), sumPercent.toFixed(1), floor.ms.toFixed(2)];
  return [
    plainTable(['kernel', 'runs', 'ms', '% of the step', 'floor, ms'], [...cells, sum]),
    '',
    `The step takes ${stepMs.toFixed(2)} ms without a trace, ${processorMs.toFixed(2)} ms of processor time.`,
    `Floor: ${compact(floor.operationsPerSecond, 'FLOPS')} in a matrix product, ${compact(floor.bytesPerSecond, 'B')}/s ` +
      `in a pass over arrays larger than any cache; ${floor.percent.toFixed(0)} % of the step.`,
    ...(floor.quantizersMs > 0
      ? [
          `The quantizers' memory traffic, one pass forward and one backward, takes ${floor.quantizersMs.toFixed(2)} ms of the floor.`,
        ]
      : []),
  ];
}
