import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** Slurm's commands as far as bbits calls them, which a test tells what to say. */
export interface FakeSlurm {
  /** With them in front of PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** What a command does from now on, in bash. */
  does(command: string, script: string): Promise<void>;
  /** What squeue says from now on: name, index, state, job id and reason of each task. */
  queue(...tasks: (readonly [string, number, string, number, string?])[]): Promise<void>;
  /** The scripts that sbatch was given, in order. */
  scripts(): Promise<string[]>;
  /** The calls of a command, a line of words each. */
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

/** Keeps the script and gives its job the next number, 101 first, in some words of the site's. */
export const acceptingScript = `
n=$(wc -l <sbatch.calls)
cat >script-$n
echo "sbatch: warning: be nice" >&2
echo "Welcome to the cluster."
echo $((100 + n))";cluster"`;
