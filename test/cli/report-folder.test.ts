import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { reportPlace, type ReportPlace } from './run-report.js';

let place: ReportPlace;

beforeEach(async () => {
  place = await reportPlace();
});

describe('the report’s folder', () => {
  beforeEach(() => place.point('run', 0.1, 1));

  test.each(['precious.txt', 'report.md'])(
    'is refused if it contains someone else’s %s',
    async (name) => {
      await mkdir(join(place.folder, 'out'));
      await writeFile(join(place.folder, 'out', name), 'mine');
      const { code, stdout, stderr } = await place.report('sweep', '--out', 'out');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('out: expected a new or empty folder, or an earlier report, found');
      expect(stderr).toContain(name);
      expect(await readdir(join(place.folder, 'out'))).toEqual([name]);
      expect(await place.read('out', name)).toBe('mine');
    },
  );

  test('may be empty, but not a file', async () => {
    await mkdir(join(place.folder, 'out'));
    expect(await place.report('sweep', '--out', 'out')).toMatchObject({ code: 0 });
    const { code, stderr } = await place.report('sweep', '--out', 'sweep/run/config.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('found something that is not a folder');
    expect((await stat(join(place.sweep, 'run', 'config.yaml'))).isFile()).toBe(true);
  });
});
