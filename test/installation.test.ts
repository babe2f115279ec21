import { describe, expect, test } from 'vitest';
import { installationKind, type InstallationKind } from '../src/installation.js';

/** The package's folder, how it was installed, and a file in the folders around it. */
const folders: [string, InstallationKind, string?][] = [
  ['/home/ann/bbits', 'clone'],
  ['/opt/node_modules', 'clone'],
  ['/home/ann/node_modules/tools/bbits', 'clone'],
  ['/home/ann/work/node_modules/bbits', 'local', '/home/ann/work/package.json'],
  ['/home/ann/lib/node_modules/bbits', 'local', '/home/ann/lib/package.json'],
  ['C:\\Users\\Ann\\work\\node_modules\\bbits', 'local', 'C:/Users/Ann/work/package.json'],
  [
    '/home/ann/work/node_modules/.pnpm/bbits@0.1.0_x/node_modules/bbits',
    'local',
    '/home/ann/work/package.json',
  ],
  ['/usr/local/lib/node_modules/bbits', 'global'],
  ['/home/ann/.nvm/versions/node/v22.1.0/lib/node_modules/bbits', 'global'],
  [
    'C:\\Users\\Ann\\AppData\\Roaming\\npm\\node_modules\\bbits',
    'global',
    'C:/Users/Ann/AppData/Roaming/npm/bbits.cmd',
  ],
  [
    '/home/ann/.local/share/pnpm/global/5/node_modules/.pnpm/bbits@0.1.0/node_modules/bbits',
    'global',
    '/home/ann/.local/share/pnpm/global/5/package.json',
  ],
  [
    '/home/ann/.config/yarn/global/node_modules/bbits',
    'global',
    '/home/ann/.config/yarn/global/package.json',
  ],
  ['/home/ann/.npm/_npx/0a1b/node_modules/bbits', 'npx', '/home/ann/.npm/_npx/0a1b/package.json'],
  ['/home/ann/.cache/pnpm/dlx/0a1b/node_modules/.pnpm/bbits@0.1.0/node_modules/bbits', 'npx'],
  ['/tmp/xfs-1/dlx-42/node_modules/bbits', 'npx', '/tmp/xfs-1/dlx-42/package.json'],
];

describe('the installation kind is recognized from the folder', () => {
  test.each(folders)('%s: %s', (folder, kind, beside) => {
    expect(installationKind(folder, (path) => path === beside)).toBe(kind);
  });
});
