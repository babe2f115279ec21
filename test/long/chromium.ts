import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

const run = promisify(execFile);

/** Names of it on various systems. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Nothing that a page in a file needs: its own requests would be refused, or lost, behind a firewall. */
const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts headless Chromium: the machine's own; else the distribution's, or Playwright's, is installed. */
export async function startChromium(): Promise<Browser> {
  const executablePath = (await installed()) ?? (await install());
  return chromium.launch({ executablePath, args: quietly });
}

async function installed(): Promise<string | undefined> {
  for (const name of names) {
    const found = await run('which', [name]).catch(() => undefined);
    if (found) return found.stdout.trim();
  }
  return undefined;
}

async function install(): Promise<string> {
  const isDebian = await run('which', ['apt-get']).then(
    () => process.getuid?.() === 0,
    () => false,
  );
  if (!isDebian) {
    await run('npx', ['playwright-core', 'install', 'chromium']);
    return chromium.executablePath();
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  const packages = ['chromium', 'fonts-dejavu-core'];
  const options = ['-qq', '-y', '--no-install-recommends'];
  await run('apt-get', ['install', ...options, ...packages], { env, maxBuffer: 2 ** 26 });
  const path = await installed();
  if (path === undefined) throw new Error('apt-get has installed chromium, and it is not there.');
  return path;
}
