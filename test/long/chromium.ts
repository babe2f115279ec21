import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { aptInstall } from '../../docker/apt.js';

const run = promisify(execFile);

/** Its names on various systems. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Turns off Chromium's own requests, which a local page does not need and a firewall refuses or drops. */
const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts headless Chromium: the machine's, or else installs the distribution's or Playwright's. */
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
  await aptInstall('chromium', 'fonts-dejavu-core');
  const path = await installed();
  if (path !== undefined) return path;
  await run('npx', ['playwright-core', 'install', 'chromium']);
  return chromium.executablePath();
}
