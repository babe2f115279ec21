import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import { least } from './errors.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bbits-config-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function written(content: string | Uint8Array): Promise<string> {
  const file = join(folder, 'c.yaml');
  await writeFile(file, content);
  return file;
}

async function expectError(file: string, text: string): Promise<void> {
  const error: unknown = await loadConfig(file, []).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ message: `${file}${text}`, exitCode: 2 });
}

test('a file and overrides become a config, which records its origin', async () => {
  const file = await written('model: lenet5\n');
  const loaded = await loadConfig(file, ['seed=3', 'dataset.name=mnist']);
  expect(loaded.file).toBe(file);
  expect(loaded.config).toMatchObject({ seed: 3, model: { name: 'lenet5' } });
});

test('a missing file is reported', async () => {
  await expectError(join(folder, 'none.yaml'), ': found no such file, expected a config in YAML');
});

test.each(['50%.yaml', 'a?b#c.yaml'])(
  'a missing file under configs/ is reported: %s',
  async (name) => {
    await expectError(`configs/${name}`, ': found no such file, expected a config in YAML');
  },
);

test('a folder is refused', async () => {
  await expectError(folder, ': found a folder, expected a config in YAML');
});

test('a path below a file is reported as missing', async () => {
  await expectError(
    join(await written(least), 'c.yaml'),
    ': found no such file, expected a config in YAML',
  );
});

test('a file that cannot be opened is reported', async () => {
  const loop = join(folder, 'loop.yaml');
  await symlink(loop, loop);
  await expectError(
    loop,
    `: cannot be read (ELOOP: too many symbolic links encountered, open '${loop}'), expected a config in YAML`,
  );
});

test('a large file and an endless one are refused', async () => {
  const text = ': found more than 64 KiB, expected a config in YAML';
  await expectError(await written(`${least}#${'x'.repeat(64 * 1024)}`), text);
  await expectError('/dev/zero', text);
});

test('bytes that are not text are refused', async () => {
  const notText = ': found bytes that are not UTF-8 text, expected a config in YAML';
  await expectError(await written(Uint8Array.of(0x1f, 0x8b, 8, 0)), notText);
  await expectError(await written(Buffer.from(`\ufeff${least}`, 'utf16le')), notText);
  await expectError(await written(`${least}\0`), ':1:1: found binary data, expected text');
});

test('a control character in a file name is escaped', async () => {
  await expect(loadConfig('\u001b[2J.yaml', [])).rejects.toThrow(
    '\\u{1b}[2J.yaml: found no such file, expected a config in YAML',
  );
});
