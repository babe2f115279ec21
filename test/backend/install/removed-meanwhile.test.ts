import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { install, type Installed } from '../../../src/backend/install/install.js';
import { findDamage } from '../../../src/backend/install/manifest.js';
import { kernelsFile } from '../../../src/backend/install/recipe.js';
import { withLock } from '../../../src/files/lock.js';
import { fakeMachine, recorder } from './fake-machine.js';
import { version } from './fake-wheels.js';

const options = { tensorflow: version, cuda: false };

test.each(['node_modules/', kernelsFile])(
  'a build that lacks %s is reinstalled if it is removed while its update waits for the lock',
  async (lacking) => {
    const machine = await fakeMachine();
    const { build } = await install(options, recorder(), machine);
    const files = build.manifest.files.filter(({ path }) => !path.startsWith(lacking));
    await rm(join(build.folder, lacking), { recursive: true });
    const manifest = JSON.stringify({ ...build.manifest, files });
    await writeFile(join(build.folder, 'manifest.json'), manifest);

    const ignore = () => undefined;
    const [installing] = await withLock(machine.root, undefined, ignore, async () => {
      const work = await new Promise<[Promise<Installed>]>((resolve) => {
        const stage = (message: string) => {
          if (message.startsWith('Waiting')) resolve([again]);
        };
        const again = install(options, { stage, progress: ignore }, machine);
      });
      // Like `bbits backend remove`.
      await rm(join(machine.root, '..'), { recursive: true });
      return work;
    });
    const anew = await installing;
    expect(anew.changed).toBe(true);
    expect(await findDamage(anew.build.folder, anew.build.manifest, true)).toEqual([]);
    expect(anew.build.manifest.files.map(({ path }) => path).sort()).toEqual(
      build.manifest.files.map(({ path }) => path).sort(),
    );
  },
);
