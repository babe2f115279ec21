import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const repository = join(import.meta.dirname, '../../..');

export interface Packed {
  /** Holds all files of the test, and the dependencies, which Node finds in a parent folder. */
  readonly folder: string;
  readonly tarball: string;
  readonly home: string;
  /** Run npm without a network, with its own home and cache. */
  readonly npm: (folder: string, ...args: string[]) => string;
}

/**
 * The package as `npm pack` makes it, but without dependencies, so that npm needs no registry to install it:
 * Node finds them in the node_modules of a folder around all installations.
 */
export async function pack(): Promise<Packed> {
  const folder = await temporaryFolder();
  const home = join(folder, 'home');
  const source = join(folder, 'source');
  for (const each of [home, source]) await mkdir(each);
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['bin', 'dist', 'README.md']) {
    await cp(join(repository, name), join(source, name), { recursive: true });
  }
  const text = await readFile(join(repository, 'package.json'), 'utf8');
  const { name, version, type, bin, engines, imports } = JSON.parse(text) as Record<
    string,
    unknown
  >;
  await writeFile(
    join(source, 'package.json'),
    JSON.stringify({ name, version, type, bin, engines, imports, files: ['bin', 'dist'] }),
  );
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', args, {
      cwd,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        npm_config_cache: join(folder, 'npm-cache'),
        npm_config_prefix: join(folder, 'prefix'),
        npm_config_offline: 'true',
        npm_config_yes: 'true',
        npm_config_update_notifier: 'false',
      },
    });
  const [made = ''] = npm(source, 'pack', '--silent', '--pack-destination', folder).split('\n');
  return { folder, tarball: join(folder, made), home, npm };
}
