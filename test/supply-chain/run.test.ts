import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readLockfile } from '../../supply-chain/lockfile.js';
import { sbomProblems } from '../../supply-chain/sbom.js';
import { startNode } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { whenDone } from '../helpers/when-done.js';

/** A registry's answer to npm audit: its findings by package, or undefined if it does not support audits. */
type Findings = Record<string, { url: string; title: string; vulnerable_versions: string }[]>;

async function registry(findings: Findings | undefined): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    const isAudit = request.url?.endsWith('/advisories/bulk') === true;
    response.statusCode = isAudit ? (findings ? 200 : 405) : 404;
    response.end(JSON.stringify(isAudit ? (findings ?? {}) : {}));
  });
  whenDone(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function supplyChain(findings: Findings | undefined) {
  const env = {
    PATH: process.env['PATH'],
    HOME: await temporaryFolder(),
    npm_config_registry: await registry(findings),
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
  };
  return startNode(['--import', 'tsx', 'supply-chain/run.ts'], env).ended;
}

const finding = (title: string) => [
  {
    id: 1,
    url: 'https://github.com/advisories/GHSA-0',
    title,
    severity: 'high',
    vulnerable_versions: '*',
  },
];

test('npm run supply-chain passes if the registry supports no audits, says so, and writes the SBOM', async () => {
  const { code, stdout, stderr } = await supplyChain(undefined);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^npm audit: this registry does not answer \(405 Method Not Allowed\)/m);
  const file = /^SBOM: \d+ packages in (.*)$/m.exec(stdout)?.[1] ?? '';
  expect(sbomProblems(await readFile(file, 'utf8'), readLockfile('.'))).toEqual([]);
});

test('a finding of the registry’s audit fails the run unless explained', async () => {
  const bad = await supplyChain({ yaml: finding('Reads too much') });
  expect(bad.stdout).toMatch(/^npm audit: 1 problems$/m);
  expect(bad.stderr).toMatch(
    /^node_modules\/yaml: version \S+ has Reads too much, https:\S+GHSA-0/,
  );
  expect(bad.code).toBe(1);
  const none = await supplyChain({});
  expect(none.stdout).toMatch(/^npm audit: nothing that is not explained$/m);
  expect(none).toMatchObject({ code: 0, stderr: '' });
});
