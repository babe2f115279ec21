import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  makeInstallPlan,
  installSizes,
  type InstallPlanOptions,
} from '../../../src/backend/install/install-plan.js';
import { supportedPlatform } from '../../../src/backend/install/platform.js';
import { defaultTensorflow } from '../../../src/backend/install/recipe.js';
import { temporaryFolder, userError } from '../../helpers/temporary-folder.js';

const x64 = supportedPlatform('linux', 'x64');
const arm64 = supportedPlatform('linux', 'arm64');
const names = {
  cpu: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
  cuda: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
  arm: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
  mac: 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
  windows: 'tensorflow-2.21.0-cp311-cp311-win_amd64.whl',
  numpy: 'numpy-2.0.0-cp311-cp311-manylinux_2_27_x86_64.whl',
  nvidia: 'nvidia_nccl_cu12-2.30.0-py3-none-manylinux_2_18_x86_64.whl',
  nvidiaArm: 'nvidia_nccl_cu12-2.30.0-py3-none-manylinux_2_18_aarch64.whl',
};

describe('from PyPI', () => {
  const cases: [InstallPlanOptions, boolean, object][] = [
    [{}, false, { variant: 'cpu', version: defaultTensorflow, anyVersion: true }],
    [{}, true, { variant: 'cuda', version: defaultTensorflow, anyVersion: true }],
    [{ cuda: false }, true, { variant: 'cpu' }],
    [{ cuda: true }, false, { variant: 'cuda' }],
    [{ tensorflow: '2.19.1' }, false, { version: '2.19.1', anyVersion: false }],
    [{ tensorflow: '2.22.0rc1' }, false, { version: '2.22.0rc1' }],
    [{ wheels: [] }, false, { local: undefined }],
  ];
  test.each(cases)('%j, GPU: %j', (options, hasGpu, expected) => {
    expect(makeInstallPlan(x64, options, hasGpu)).toMatchObject(expected);
  });

  test('the CPU build is the default where there is none with CUDA', async () => {
    expect(makeInstallPlan(arm64, {}, true).variant).toBe('cpu');
    const message = await userError(() => makeInstallPlan(arm64, { cuda: true }, true));
    expect(message).toMatch(/no TensorFlow with CUDA for linux-arm64.* install --cpu$/);
  });

  test.each(['2.21', 'latest', '../2.21.0', '2.21.0 --pre', '', '-1.0.0'])(
    'version %j is refused',
    async (tensorflow) => {
      const message = await userError(() => makeInstallPlan(x64, { tensorflow }, false));
      expect(message).toMatch(/is not a version. Expected three numbers, such as/);
    },
  );

  test('sizes depend on the build', () => {
    expect(installSizes(makeInstallPlan(x64, { cuda: true }, false)).nvidia).toBeGreaterThan(1e9);
    expect(installSizes(makeInstallPlan(x64, {}, false)).nvidia).toBe(0);
  });
});

describe('from wheels', () => {
  async function plan(
    files: (keyof typeof names)[],
    options: InstallPlanOptions = {},
    platform = x64,
    hasGpu = false,
  ) {
    const folder = await temporaryFolder();
    const wheels = files.map((file) => join(folder, names[file]));
    for (const wheel of wheels) await writeFile(wheel, '');
    return makeInstallPlan(platform, { ...options, wheels }, hasGpu);
  }

  test('the name gives the build and version', async () => {
    expect(await plan(['cpu'], {}, x64, true)).toMatchObject({
      ...{ variant: 'cpu', version: '2.21.0', anyVersion: false },
      local: { tensorflow: expect.stringContaining(names.cpu) as string, cuda: [] },
    });
    expect(await plan(['nvidia', 'cuda'])).toMatchObject({
      variant: 'cuda',
      local: { cuda: [expect.stringContaining(names.nvidia)] },
    });
    expect(await plan(['arm'], {}, arm64)).toMatchObject({ variant: 'cpu' });
    expect(await plan(['mac'], {}, supportedPlatform('darwin', 'arm64'))).toMatchObject({
      variant: 'cpu',
    });
  });

  const wrong: [string, (keyof typeof names)[], InstallPlanOptions, RegExp][] = [
    [
      'another project',
      ['numpy'],
      {},
      /wheel of numpy; linux-x64 needs .* tensorflow-cpu or, with/,
    ],
    [
      'another processor',
      ['arm'],
      {},
      /for manylinux_2_27_aarch64; this machine is linux-x64.*--pl/,
    ],
    ['Windows', ['windows'], {}, /for win_amd64; this machine is linux-x64/],
    ['NVIDIA’s for another processor', ['cuda', 'nvidiaArm'], {}, /aarch64; this machine/],
    ['only NVIDIA’s', ['nvidia'], {}, /expected one wheel of TensorFlow .* found 0/],
    ['two of TensorFlow', ['cpu', 'cuda'], {}, /expected one wheel of TensorFlow .* found 2/],
    [
      'NVIDIA’s with the CPU build',
      ['cpu', 'nvidia'],
      {},
      /is for CUDA, but tensorflow_cpu.*Leave/,
    ],
    [
      'a build that contradicts --cuda',
      ['cpu'],
      { cuda: true },
      /build for the CPU, but --cuda was given/,
    ],
    [
      'a build that contradicts --cpu',
      ['cuda'],
      { cuda: false },
      /build for CUDA, but --cpu was given/,
    ],
    [
      'another version',
      ['cpu'],
      { tensorflow: '2.19.1' },
      /is version 2.21.0, but .*2.19.1 was given/,
    ],
  ];
  test.each(wrong)('%s', async (_name, files, options, message) => {
    expect(await userError(plan(files, options))).toMatch(message);
  });

  test('a missing file, a folder and a name that is not a wheel’s are refused', async () => {
    const folder = await temporaryFolder();
    const wheels = [join(folder, names.cpu)];
    const work = () => makeInstallPlan(x64, { wheels }, false);
    expect(await userError(work)).toMatch(/cannot be read: ENOENT.*Expected a wheel from PyPI/);
    await mkdir(wheels[0] ?? '');
    expect(await userError(work)).toMatch(/is not a file/);
    await writeFile(join(folder, 'tf.whl'), '');
    expect(
      await userError(() => makeInstallPlan(x64, { wheels: [join(folder, 'tf.whl')] }, false)),
    ).toMatch(/tf.whl is not named like a wheel/);
  });

  test('a relative path is made absolute', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, names.cpu);
    await writeFile(path, '');
    const { local } = makeInstallPlan(x64, { wheels: [relative(process.cwd(), path)] }, false);
    expect(local?.tensorflow).toBe(path);
  });
});
