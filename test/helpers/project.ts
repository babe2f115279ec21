import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { learnableMnist } from './learnable-mnist.js';
import { bbits, type Ended } from './run-bbits.js';
import { temporaryFolder } from './temporary-folder.js';

/** A user's folder with a config, its data and the results of both. It is removed when the test ends. */
export interface Project {
  readonly at: (...names: string[]) => string;
  /** Write `small.yaml`: a data set, a small network and the backend that starts soonest, then `rest`. */
  readonly write: (rest: string) => Promise<void>;
  /** Run the real program in the folder. */
  readonly bbits: (...args: string[]) => Promise<Ended>;
}

/** @param rest see `Project.write` */
export async function project(rest: string): Promise<Project> {
  const made = projectIn(await temporaryFolder());
  await cp(await learnableMnist(), made.at('digits'), { recursive: true });
  await made.write(rest);
  return made;
}

const text = `dataset: { name: mnist, path: digits }
model: { layers: [{ type: flatten }, { type: dense, name: fc, units: 10 }] }
training: { epochs: 1, batchSize: 50 }
backend: wasm
`;

/** Copy the project to another place. */
export async function copyOf({ at }: Project, name: string): Promise<Project> {
  const copy = projectIn(join(await temporaryFolder(), name));
  await cp(at(), copy.at(), { recursive: true });
  return copy;
}

function projectIn(folder: string): Project {
  const at = (...names: string[]) => join(folder, ...names);
  return {
    at,
    write: (rest) => writeFile(at('small.yaml'), text + rest),
    bbits: (...args) => bbits(args, process.env, folder),
  };
}

/** Change every label of a split to the next class: well-formed files with other contents. */
export async function changeLabels(folder: string, split: 'train' | 't10k'): Promise<void> {
  const path = join(folder, `${split}-labels-idx1-ubyte`);
  const bytes = await readFile(path);
  await writeFile(
    path,
    bytes.map((byte, at) => (at < 8 ? byte : (byte + 1) % 10)),
  );
}
