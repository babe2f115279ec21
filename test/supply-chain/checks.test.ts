import { describe, expect, test } from 'vitest';
import {
  advisoryProblems,
  auditProblems,
  readAdvisories,
  type Advisories,
} from '../../supply-chain/advisories.js';
import { integrityProblems } from '../../supply-chain/integrity.js';
import { licenseProblems } from '../../supply-chain/licenses.js';
import { readLockfile, type LockedPackage } from '../../supply-chain/lockfile.js';
import { sbomProblems } from '../../supply-chain/sbom.js';

const locked = readLockfile('.');

function made(changes: Partial<LockedPackage> = {}): LockedPackage {
  return {
    ...{ path: 'node_modules/a', name: 'a', version: '1.2.3', license: 'MIT' },
    ...{ integrity: `sha512-${'A'.repeat(86)}==`, resolved: undefined, isProduction: true },
    ...changes,
  };
}

describe('this repository’s lockfile', () => {
  test('pins every package by checksum, and contains no addresses', () => {
    expect(locked.length).toBeGreaterThan(300);
    expect(integrityProblems(locked)).toEqual([]);
  });

  test('has only licenses that permit redistribution, and no unexplained advisory', () => {
    expect(licenseProblems(locked)).toEqual([]);
    expect(advisoryProblems(readAdvisories('.'), locked)).toEqual([]);
  });
});

describe('integrity', () => {
  const wrong: [string, Partial<LockedPackage>, RegExp][] = [
    [
      'no checksum',
      { integrity: undefined },
      /node_modules\/a: integrity is absent, expected sha512/,
    ],
    ['SHA-1', { integrity: 'sha1-AAAA' }, /integrity is sha1-AAAA/],
    ['an address', { resolved: 'https://mirror.example/a.tgz' }, /resolved is https:\/\/mirror/],
    ['a repository', { resolved: 'git+ssh://git@example.org/a.git' }, /resolved is git\+ssh/],
  ];
  test.each(wrong)('%s is a problem', (_name, changes, message) => {
    expect(integrityProblems([made(), made(changes)])).toEqual([
      expect.stringMatching(message) as string,
    ]);
  });
});

describe('licenses', () => {
  test.each(['MIT', '(MIT OR GPL-3.0)', 'MIT AND OFL-1.1', '(BSD-3-Clause AND Apache-2.0)'])(
    '%s is allowed',
    (license) => {
      expect(licenseProblems([made({ license })])).toEqual([]);
    },
  );

  test.each([undefined, '', 'GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN x', 'Custom'])(
    '%s is not allowed',
    (license) => {
      const [problem] = licenseProblems([made({ license })]);
      expect(problem).toMatch(/^node_modules\/a: its license is .*, expected some of 0BSD/);
    },
  );

  test('of development packages do not matter', () => {
    expect(licenseProblems([made({ license: 'MPL-2.0', isProduction: false })])).toEqual([]);
  });
});

describe('advisories', () => {
  const list = (changes: Partial<Advisories> = {}): Advisories => ({
    reviewed: '2026-11-26',
    explanations: [],
    advisories: [{ package: 'a', id: 'GHSA-1', fixedIn: ['1.2.4', '2.0.10'] }],
    ...changes,
  });
  const explained = {
    explanations: [{ package: 'a', version: '1.2.3', why: 'It is not loaded.' }],
  };

  test.each([
    ['1.2.3', 1],
    ['1.2.4', 0],
    ['1.10.0', 0],
    ['2.0.9', 1],
    ['2.0.10', 0],
    ['3.0.0', 0],
    ['0.9.0', 1],
  ])('for version %s: %i', (version, count) => {
    const problems = advisoryProblems(list(), [made({ version }), made({ name: 'b' })]);
    expect(problems).toHaveLength(count);
    for (const problem of problems) expect(problem).toContain(`version ${version} has GHSA-1.`);
  });

  test('can be explained, and an explanation without an advisory is a problem', () => {
    expect(advisoryProblems(list(explained), [made()])).toEqual([]);
    expect(advisoryProblems(list(explained), [made({ version: '1.2.4' })])).toEqual([
      'supply-chain/advisories.json: a 1.2.3 is no longer locked. Remove its explanation.',
    ]);
  });

  const finding = JSON.stringify({
    vulnerabilities: {
      a: { via: [{ url: 'https://x/GHSA-2', title: 'Bad' }], nodes: ['node_modules/a'] },
      b: { via: ['a'], nodes: ['node_modules/b'] },
    },
  });

  test('found by npm audit are problems unless explained', () => {
    expect(auditProblems(finding, list(), [made()]).problems).toEqual([
      expect.stringMatching(
        /^node_modules\/a: version 1.2.3 has Bad, https:\/\/x\/GHSA-2/,
      ) as string,
    ]);
    expect(auditProblems(finding, list(explained), [made()])).toEqual({ problems: [] });
    expect(auditProblems('{"vulnerabilities":{}}', list(), [made()])).toEqual({ problems: [] });
  });

  test.each([
    ['{"message":"405 Method Not Allowed - POST https://x/y"}', '405 Method Not Allowed'],
    ['', 'npm audit gave no JSON'],
    ['{}', 'npm audit said nothing of findings'],
  ])('are unknown if the registry answers %s', (text, refused) => {
    expect(auditProblems(text, list(), [made()])).toEqual({ problems: [], refused });
  });
});

describe('a bill of materials', () => {
  const hash = { alg: 'SHA-512', content: '0'.repeat(128) };
  const bom = (purl: string) => ({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.5' },
    metadata: { component: { purl: 'pkg:npm/bbits@0.1.0' } },
    components: [{ purl, hashes: [hash] }],
  });
  const scoped = made({ name: '@s/a' });

  test('contains each package that users get', () => {
    expect(sbomProblems(JSON.stringify(bom('pkg:npm/%40s/a@1.2.3')), [scoped])).toEqual([]);
    const other = JSON.stringify(bom('pkg:npm/%40s/a@1.2.4'));
    expect(sbomProblems(other, [scoped])).toEqual([
      'npm sbom: node_modules/a is in package-lock.json, and not among the components.',
    ]);
    expect(sbomProblems(other, [made({ isProduction: false })])).toEqual([]);
  });

  test('is refused in another format, or if missing', () => {
    expect(sbomProblems('npm ERR!', [])).toEqual(['npm sbom: expected JSON, found: npm ERR!']);
    const spdx = sbomProblems(JSON.stringify({ ...bom('x'), bomFormat: 'SPDX' }), []);
    expect(spdx).toEqual([
      expect.stringMatching(/bomFormat is not as CycloneDX demands/) as string,
    ]);
  });
});
