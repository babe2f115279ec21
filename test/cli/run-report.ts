import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportFile } from '../../src/report/files/json.js';
import { writeFakePoint, type FakePoint } from '../helpers/fake-sweep.js';
import { startBbits, type Ended } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** A folder in which `bbits report` is run; its subfolder `sweep` holds the runs. */
export interface ReportPlace {
  readonly folder: string;
  readonly sweep: string;
  report(...args: string[]): Promise<Ended>;
  /** A file's text. */
  read(...path: string[]): Promise<string>;
  /** Writes a run of four epochs into `sweep`. */
  point(name: string, mu: number, seed: number, rest?: Partial<FakePoint>): Promise<void>;
}

export async function reportPlace(): Promise<ReportPlace> {
  const folder = await temporaryFolder();
  const sweep = join(folder, 'sweep');
  return {
    folder,
    sweep,
    report: (...args) => startBbits(['report', ...args], process.env, folder).ended,
    read: (...path) => readFile(join(folder, ...path), 'utf8'),
    point: (name, mu, seed, rest = {}) =>
      writeFakePoint(join(sweep, name), { mu, seed, epochs: 4, ...rest }),
  };
}

/** The contents of `pareto.json`, or of `--json`. */
export function decodedReport(text: string) {
  const { data } = reportFile.decode(text);
  if (data === undefined) throw new Error(`no report: ${text}`);
  return data;
}
