import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** Fakes of the Slurm commands that bbits calls; tests set their answers. */
export interface FakeSlurm {
  /** The environment, with these commands first in PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** Set what a command does from now on, in bash. */
  does(command: string, script: string): Promise<void>;
  /** Set what squeue prints from now on: name, index, state, job id and reason of each task. */
  queue(...tasks: (readonly [string, number, string, number, string?])[]): Promise<void>;
  /** The scripts submitted to sbatch, in order. */
  scripts(): Promise<string[]>;
  /** The arguments of each call of a command, on one line per call. */
  calls(command: string): Promise<string[]>;
}

export async function fakeSlurm(mostTasks = 1001): Promise<FakeSlurm> {
  const folder = await temporaryFolder();
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const at = (name: string) => join(folder, name);
  const read = (name: string) => readFile(at(name), 'utf8').catch(() => '');
  const does = async (command: string, script: string) => {
    const path = join(bin, command);
    await writeFile(path, `#!/bin/bash\ncd '${folder}'\necho "$*" >>${command}.calls\n${script}\n`);
    await chmod(path, 0o755);
  };
  await does('scontrol', `echo 'MaxArraySize            = ${mostTasks}'`);
  await does('squeue', 'cat queue 2>/dev/null; exit 0');
  await does('scancel', 'exit 0');
  await does('sbatch', acceptingScript);
  return {
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
    does,
    async queue(...tasks) {
      const lines = tasks.map(([name, index, state, id, reason = 'None']) =>
        [name, index, state, id, reason].join('|'),
      );
      await writeFile(at('queue'), lines.map((line) => `${line}\n`).join(''));
    },
    async scripts() {
      const texts: string[] = [];
      for (let n = 1; ; n++) {
        const text = await read(`script-${n}`);
        if (text === '') return texts;
        texts.push(text);
      }
    },
    calls: async (command) => (await read(`${command}.calls`)).split('\n').slice(0, -1),
  };
}

/** Store the submitted script and print the job's number, from 101, among a site's own messages. */
export const acceptingScript = `
n=$(wc -l <sbatch.calls)
cat >script-$n
echo "sbatch: warning: be nice" >&2
echo "Welcome to the cluster."
echo $((100 + n))";cluster"`;
