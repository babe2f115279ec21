import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { keptDrawing } from '../../src/report/cache/drawings.js';
import { mostBytesOfBody, readKept, writeKept } from '../../src/report/cache/kept-file.js';
import { drawingStamp } from '../../src/report/cache/stamps.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let root: string;
let drawn: number;

beforeEach(async () => {
  root = join(await temporaryFolder(), 'reports');
  drawn = 0;
});

const draw = (specification: unknown, by = 'this bbits') =>
  keptDrawing(
    specification,
    () => {
      drawn++;
      const png = Buffer.from([0, 255, 10, 13]);
      return Promise.resolve({ svg: Buffer.from(JSON.stringify(specification)), png });
    },
    { root, by },
  );

test('a cached drawing is not drawn again, and has the same bytes in every format', async () => {
  const first = await draw({ width: 100, title: 'μ' });
  const second = await draw({ width: 100, title: 'μ' });
  expect(drawn).toBe(1);
  expect(second).toEqual(first);
  expect(Object.keys(second)).toEqual(['svg', 'png']);
});

test('another specification, or another version of bbits, is drawn anew', async () => {
  await draw({ width: 100 });
  const other = await draw({ width: 101 });
  expect(other.svg.toString()).toBe('{"width":101}');
  await draw({ width: 100 }, 'another bbits');
  expect(drawn).toBe(3);
});

test('a drawing with a damaged cache is redrawn, and the cache repaired', async () => {
  const first = await draw({ width: 100 });
  const [name = ''] = await readdir(root);
  const whole = await readFile(join(root, name), 'utf8');
  const damages = ['', 'x', whole.slice(0, -4), whole.replace('"png":"A', '"png":"B')];
  for (const damaged of damages) {
    await writeFile(join(root, name), damaged);
    expect(await draw({ width: 100 })).toEqual(first);
    expect(await readFile(join(root, name), 'utf8')).toBe(whole);
  }
  expect(drawn).toBe(1 + damages.length);
});

test('an unwritable cache only costs time', async () => {
  await writeFile(root, 'a file');
  expect((await draw({ width: 100 })).svg.toString()).toBe('{"width":100}');
});

test('the drawing stamp changes when a package is added beside those that draw', async () => {
  const packages = join(await temporaryFolder(), 'node_modules');
  const paths = [
    join(packages, 'vega', 'index.js'),
    join(packages, '@scope', 'canvas', 'index.js'),
  ];
  for (const path of paths) await mkdir(join(path, '..'), { recursive: true });
  const long = new Date(2020, 1);
  const age = async (...folders: string[]) => {
    for (const folder of folders) await utimes(folder, long, long);
    return drawingStamp(paths);
  };
  const all = [packages, join(packages, '@scope')];
  const before = await age(...all);
  expect(await age(...all)).toBe(before);
  await mkdir(join(packages, 'vega-scenegraph'));
  expect(drawingStamp(paths)).not.toBe(before);
  expect(await age(...all)).toBe(before);
  await mkdir(join(packages, '@scope', 'canvas-linux'));
  expect(drawingStamp(paths)).not.toBe(before);
});

test('a drawing too large to read back is not cached', async () => {
  const file = { root, name: 'large.drawn', by: 'this bbits' };
  await writeKept(file, Buffer.alloc(mostBytesOfBody));
  expect(await readKept(file)).toHaveLength(mostBytesOfBody);
  await writeKept({ ...file, name: 'larger.drawn' }, Buffer.alloc(mostBytesOfBody + 1));
  expect(await readdir(root)).toEqual(['large.drawn']);
});
