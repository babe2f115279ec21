import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { install } from '../../../src/backend/install/install.js';
import { findDamage } from '../../../src/backend/install/manifest.js';
import { supportedPlatform } from '../../../src/backend/install/platform.js';
import { cached, fakeMachine, recorder } from './fake-machine.js';
import { nvidiaWheel, version, wheelMembers, wheelName } from './fake-wheels.js';
import { userError } from '../../helpers/temporary-folder.js';
import { makeZip } from './zip.js';

const options = { tensorflow: version, cuda: false };
const { id, projects } = supportedPlatform();

describe('--wheel', () => {
  async function given(
    wheel: Buffer,
    name = wheelName(),
    fake: Parameters<typeof fakeMachine>[0] = {},
  ) {
    const machine = await fakeMachine({ pip: 'absent', ...fake });
    const path = join(machine.folder, name);
    await writeFile(path, wheel);
    return { machine, path };
  }

  test('installs without pip, and leaves the wheel in place', async () => {
    const { machine, path } = await given(makeZip(wheelMembers()));
    const reporter = recorder();
    const { build } = await install({ wheels: [path] }, reporter, machine);
    expect(build.manifest).toMatchObject({ tensorflow: version, variant: 'cpu' });
    expect(reporter.stages[0]).toMatch(
      /from the given wheel. Its binding's source comes from npm: 223 kB/,
    );
    expect(existsSync(path)).toBe(true);
  });

  const wrong: [string, Buffer, RegExp][] = [
    ['a truncated zip', makeZip(wheelMembers()).subarray(0, -100), /not a complete wheel/],
    ['a file that is not a zip', Buffer.from('<html>404</html>'), /not a complete wheel/],
    [
      'another project under its name',
      makeZip(wheelMembers('numpy', '2.0.0')),
      /holds numpy 2.0.0: the file was renamed/,
    ],
    [
      'no libraries',
      makeZip(wheelMembers().filter(({ name }) => !name.includes('libtensorflow'))),
      /lacks libtensorflow_cc.*Tested versions: 2.19.1, 2.21.0/,
    ],
    [
      'no METADATA',
      makeZip(wheelMembers().filter(({ name }) => !name.endsWith('METADATA'))),
      /no METADATA/,
    ],
  ];
  test.each(wrong)('refuses %s', async (_name, wheel, message) => {
    const { machine, path } = await given(wheel);
    expect(await userError(install({ wheels: [path] }, recorder(), machine))).toMatch(message);
    expect(await cached(machine)).toEqual([]);
  });

  test('needs disk space for its contents', async () => {
    const { machine, path } = await given(makeZip(wheelMembers()));
    const statfs = () => Promise.resolve({ bavail: 10, bsize: 1 });
    const work = install({ wheels: [path] }, recorder(), { ...machine, statfs });
    expect(await userError(work)).toMatch(/Not enough disk space.*needs \d+ kB/);
  });

  test('needs a compiler, and says so before it unpacks', async () => {
    const { machine, path } = await given(makeZip(wheelMembers()), wheelName(), {
      compiler: false,
    });
    const reporter = recorder();
    const message = await userError(install({ wheels: [path] }, reporter, machine));
    expect(message).toMatch(
      /No C\+\+ compiler was found .*--wheel none is downloaded[^]*: apt-get install g\+\+$/m,
    );
    expect(reporter.stages).toEqual([]);
  });
});

describe.runIf(projects.cuda !== undefined)('CUDA', () => {
  const project = projects.cuda ?? '';
  const wheels = {
    [wheelName(project)]: makeZip(wheelMembers(project)),
    ...nvidiaWheel('nvidia-cublas-cu12'),
    ...nvidiaWheel('nvidia-nccl-cu12'),
  };

  test('is the default where there is a GPU, and includes NVIDIA’s libraries', async () => {
    const machine = await fakeMachine({ wheels, hasGpu: true, env: { FAKE_GPU: '1' } });
    const result = await install({ tensorflow: version }, recorder(), machine);
    expect(result.build.manifest.variant).toBe('cuda');
    expect(result.test?.usesGpu).toBe(true);
    const [, nvidia] = await machine.commands();
    expect(nvidia).toMatch(/nvidia-cublas-cu12<13.0,>=12.5.3.2 nvidia-nccl-cu12==2.23.4$/);
    const files = result.build.manifest.files.map(({ path }) => path);
    expect(files.filter((path) => path.startsWith('nvidia/'))).toEqual([
      ...['nvidia/cublas/lib/libcublas.so.12', 'nvidia/cublas/bin/tool'],
      ...['nvidia/nccl/lib/libnccl.so.12', 'nvidia/nccl/bin/tool'],
    ]);
    expect(await findDamage(result.build.folder, result.build.manifest, true)).toEqual([]);
  });

  test('can be installed beside the CPU build', async () => {
    const machine = await fakeMachine({ wheels });
    await install({ ...options, cuda: true }, recorder(), machine);
    await install(options, recorder(), machine);
    expect(await cached(machine)).toEqual([`${version}-cpu-${id}`, `${version}-cuda-${id}`]);
  });

  test('reports a GPU that is not used, with TensorFlow’s own log', async () => {
    const machine = await fakeMachine({ wheels, hasGpu: true, env: { FAKE_GPU: '0' } });
    const { test: loaded } = await install({ tensorflow: version }, recorder(), machine);
    expect(loaded?.usesGpu).toBe(false);
    expect(loaded?.gpuLog).toEqual(['Could not find cuda drivers, GPU will not be used.']);
  });

  test('from wheels leaves missing libraries to the system', async () => {
    const machine = await fakeMachine({ pip: 'absent', wheels });
    const paths = Object.keys(wheels)
      .filter((name) => !name.includes('nccl'))
      .map((name) => join(machine.folder, 'wheels', name));
    const reporter = recorder();
    const { build } = await install({ wheels: paths }, reporter, machine);
    expect(build.manifest.variant).toBe('cuda');
    expect(reporter.stages).toContain(
      'This system must provide what no given wheel contains: nvidia-nccl-cu12',
    );
  });
});
