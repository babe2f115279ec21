import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatConfig, loadConfig, parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const folder = join(import.meta.dirname, '../../configs');

/** All configs that come with bbits, except sweeps, which are more than a config. */
async function goodConfigs(): Promise<Buffer[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    name.endsWith('.yaml'),
  );
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return texts.filter((text) => !/^sweep:/m.test(text.toString()));
}

/** Change a byte, delete one, or truncate the text. */
const damage = fc.array(
  fc.record({
    kind: fc.constantFrom('flip', 'remove', 'cut'),
    at: fc.nat(),
    bit: fc.nat({ max: 7 }),
  }),
  { minLength: 1, maxLength: 3 },
);

test('a damaged config gets errors with positions, or is still valid', async () => {
  const good = await goodConfigs();
  expect(good.length).toBeGreaterThan(5);
  const file = join(await temporaryFolder(), 'c.yaml');
  let [refused, accepted] = [0, 0];
  const property = fc.asyncProperty(fc.constantFrom(...good), damage, async (text, faults) => {
    let bytes = Buffer.from(text);
    for (const { kind, at, bit } of faults) {
      const place = at % (bytes.length || 1);
      if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
      else if (kind === 'cut') bytes = bytes.subarray(0, place);
      else bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]);
    }
    await writeFile(file, bytes);
    try {
      const { config } = await loadConfig(file);
      expect(parseConfig(formatConfig(config), 'again.yaml')).toEqual(config);
      accepted += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      const { message, exitCode } = error as UserError;
      expect(exitCode).toBe(2);
      expect(message.startsWith(`${file}:`)).toBe(true);
      for (const line of message.split('\n')) {
        expect(line).toMatch(
          /^\S+c\.yaml:(\d+:\d+[: ]| found bytes that are not UTF-8)|^and \d+ more/,
        );
        // Quotes from a file contain no terminal commands.
        // eslint-disable-next-line no-control-regex -- the test looks for these
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }
      refused += 1;
    }
  });
  await fc.assert(property, { numRuns: 400 });
  expect(Math.min(refused, accepted)).toBeGreaterThan(20);
});
