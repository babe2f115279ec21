import type { ProgramMode } from '../src/compile/entry.js';
import { startBackend } from '../src/backend/start.js';
import { findNativeBackend } from '../src/compile/native-backend.js';
import { countCrossings } from './crossings.js';
import { gpuRows, type GpuRow } from './gpu-rows.js';
import { measured, noiseDataset } from './step.js';

/**
 * `npx tsx bench/crossings-table.ts [NETWORK [BATCH]]`: overhead of a step, as in the tables of
 * docs/backend.md: as a graph, compiled by XLA with ranges and gates on the host, and compiled by XLA with
 * everything on the device and several steps per call. It counts rather than measures, so other load on the
 * machine does not matter.
 */
const [, , network = '', batch = '128'] = process.argv;
// Compiled code runs only a few times, so optimization does not pay.
process.env['XLA_FLAGS'] ??= '--xla_backend_optimization_level=0';
await startBackend('native-cpu', { threads: 2 });

const ways = [
  { name: 'graph', mode: 'graph' },
  { name: 'XLA, gates on the host', mode: 'xla', gatesOnHost: true },
  { name: 'XLA', mode: 'xla' },
] as const satisfies readonly { name: string; mode: ProgramMode; gatesOnHost?: true }[];

const columns = [
  'a step',
  'nodes outside XLA',
  'calls of XLA',
  'bytes fed',
  'bytes fetched',
  'tensors between CPU and GPU',
];
printRow(columns);
printRow(columns.map(() => '---'));
const rows = gpuRows(Number(batch)).filter(({ name }) => name.startsWith(network));
for (const row of rows) for (const way of ways) printRow(counted(row, way));

/** Counts per step of a full call, taken from a one-step call: its inputs and results are just as large. */
function counted({ name, suite, setting }: GpuRow, way: (typeof ways)[number]): string[] {
  const backend = findNativeBackend();
  if (!backend) throw new Error('bench: native TensorFlow is not the backend');
  let steps = 1;
  const { name: wayName, ...how } = way;
  const found = countCrossings(backend, () => {
    const program = measured(suite, { ...setting, ...how }, noiseDataset(suite));
    program.step();
    steps = program.mostSteps;
    program.dispose();
  });
  return [
    `${name}: ${wayName}`,
    ...[
      found.nodesOutsideXla,
      found.callsOfXla,
      found.bytesFed,
      found.bytesFetched,
      found.edgesBetweenCpuAndGpu,
    ].map((value) => figure(value / steps)),
  ];
}

function figure(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : Math.round(value).toLocaleString('en');
}

function printRow(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
