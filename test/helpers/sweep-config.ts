import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { learnableMnist } from './learnable-mnist.js';
import { bbits, type Ended } from './run-bbits.js';
import { temporaryFolder } from './temporary-folder.js';

/** A config with a sweep, and folders beside it for the results. They are removed when the test ends. */
export interface SweepConfig {
  readonly file: string;
  /** Path of the sweep's folder with this name. */
  readonly at: (out: string) => string;
  /** Rewrite the config with another sweep and number of epochs. */
  readonly write: (sweep: string, epochs: number) => Promise<void>;
  /** Run the sweep with the real program, to its end. */
  readonly run: (out: string, ...args: string[]) => Promise<Ended>;
}

/** @param sweep the section in YAML; the rest is a small network on the backend that starts soonest */
export async function sweepConfig(sweep: string, epochs: number): Promise<SweepConfig> {
  const folder = await temporaryFolder();
  const file = join(folder, 'small.yaml');
  const data = await learnableMnist();
  const at = (out: string) => join(folder, out);
  const write = (section: string, count: number) =>
    writeFile(file, sweepText(data, section, count));
  await write(sweep, epochs);
  return {
    file,
    at,
    write,
    run: (out, ...args) => bbits(['sweep', file, '--out', at(out), ...args], process.env),
  };
}

/** The sweep's section is on the config's sixth and last line. */
const sweepText = (
  data: string,
  sweep: string,
  epochs: number,
) => `dataset: { name: mnist, path: ${data} }
model: { layers: [{ type: flatten }, { type: dense, name: fc, units: 10 }] }
optimizers: { gates: { learningRate: 5e-2 } }
training: { epochs: ${epochs}, batchSize: 20 }
backend: wasm
sweep: ${sweep}
`;

/** Names of the runs in a sweep's folder; none if the folder does not exist. */
export async function pointsIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
}

/** The process ids in the status.json of running points. */
export async function runningPids(folder: string): Promise<number[]> {
  const pids = (await pointsIn(folder)).map(async (name) => {
    const text = await readFile(join(folder, name, 'status.json'), 'utf8').catch(() => '{}');
    return (JSON.parse(text) as { pid?: number }).pid;
  });
  return (await Promise.all(pids)).filter((pid) => pid !== undefined);
}

export async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isTrue())) await sleep(50);
}
