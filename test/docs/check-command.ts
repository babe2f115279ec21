import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect } from 'vitest';
import { parseOptions, roundsOf } from '../../bench/options.js';
import { program } from '../../src/cli/main.js';
import { loadConfig, parseConfig } from '../../src/config/config.js';
import { placesIn } from '../../src/config/places.js';
import { loadLaunch, loadSweep } from '../../src/config/sweep.js';

/** Commands that cannot be checked, and why. */
const unchecked: Readonly<Record<string, string>> = {
  'bbits train configs/quickstart.yaml gates.distribution=hard-logistic':
    'the reader of docs/extending.md has added it; test/extending does too',
  'bbits inspect configs/quickstart.yaml model=mlp': 'the same',
  'bbits sweep CONFIG --launcher same-process': 'the same',
};

/** Other programs, and why their arguments are not checked. */
const others: Readonly<Record<string, string>> = {
  python3: 'pip downloads, which needs a network',
  docker: 'it builds images, which needs Docker; `npm run docker` does',
  parallel: 'GNU parallel',
  mkdir: 'the system’s',
  id: 'the system’s',
};

interface Called {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The command that the program would run for some arguments. */
async function parse(args: readonly string[]): Promise<Called | undefined> {
  let called: Called | undefined;
  const record = (command: Command) => {
    command
      .exitOverride()
      .configureOutput({ writeOut: () => undefined, outputError: () => undefined })
      .action(() => {
        called = { name: command.name(), args: command.processedArgs as unknown[] };
      });
    command.commands.forEach(record);
  };
  const bbits = program();
  record(bbits);
  await bbits.parseAsync(args, { from: 'user' }).catch((error: unknown) => {
    // --help and --version throw with exit code 0.
    if ((error as { exitCode?: number }).exitCode !== 0) throw error;
  });
  return called;
}

/** A stand-in for a file that users write: the page's own example, or a config that comes with bbits. */
function standIn(file: string, folder: string, ours: string): string {
  if (existsSync(file) || file.startsWith('configs/')) return file;
  const example = join(folder, file);
  return existsSync(example) ? example : ours;
}

const run = parseConfig(
  'dataset: mnist\nmodel: lenet5\nteacher: x\nfrom: x\n',
  'a run’s config.yaml',
);

/** Checks of a command's config and overrides; `folder` has the page's examples. */
const checks: Readonly<
  Record<string, (path: string, changes: string[], folder: string) => unknown>
> = {
  train: (path, changes, folder) => loadConfig(standIn(path, folder, quickstart), changes),
  inspect: (path, changes, folder) =>
    path.startsWith('results/') ? [] : loadConfig(standIn(path, folder, quickstart), changes),
  sweep: async (path, changes, folder) => {
    const file = standIn(path, folder, 'configs/mnist/lenet5-sweep.yaml');
    await loadSweep(file, changes);
    await loadLaunch(file, changes);
  },
  resume: (_, changes) => placesIn(run, changes),
  evaluate: (_, changes) => placesIn(run, changes),
  export: (_, changes) => placesIn(run, changes),
  sensitivity: (_, changes) => placesIn(run, changes),
};

const quickstart = 'configs/quickstart.yaml';

async function bbits(args: readonly string[], folder: string): Promise<void> {
  const called = await parse(args);
  if (!called) return;
  const [path, changes] = called.args as [string, string[]];
  await checks[called.name]?.(path, changes, folder);
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};

function npm([verb = '', script = '', ...rest]: readonly string[]): void {
  if (['ci', 'link', 'pack', 'sbom', 'audit', 'install'].includes(verb)) return;
  const name = verb === 'run' ? script : verb;
  expect(Object.keys(scripts)).toContain(name);
  const [dashes, ...args] = rest;
  if (name !== 'bench' || dashes !== '--') return;
  if (args[0] === 'start') roundsOf(args.slice(1));
  else if (args[0] !== 'gpu' && args[0] !== 'NETWORK') parseOptions(args);
}

/** `npx tsx FILE`, `node FILE` and `npx vitest FOLDER` must name existing paths. */
function onFiles([name = '', ...args]: readonly string[]): void {
  if (name === 'bbits') return;
  const files = [name, ...args].filter((word) => /^(\w[\w-]*\/)+[\w.-]*$/.test(word));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(existsSync(file), file).toBe(true);
}

const understand: Readonly<
  Record<string, (args: readonly string[], folder: string) => void | Promise<void>>
> = { bbits, npm, npx: onFiles, node: onFiles };

/**
 * Check that a program would understand a command.
 *
 * @param folder of the page's example configs
 * @throws the error that the program would report
 */
export async function check(
  [name = '', ...args]: readonly string[],
  folder: string,
): Promise<void> {
  const command = [name, ...args].join(' ');
  if (command in unchecked) return;
  const image = args[0] === 'run' ? args.lastIndexOf('bbits') : -1;
  if (name === 'docker' && image > 0) await bbits(args.slice(image + 1), folder);
  if (name in others) return;
  try {
    await understand[name]?.(args, folder);
  } catch (error) {
    throw new Error(`${command}\n${(error as Error).message}`, { cause: error });
  }
}
