import { appendFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bindingPath } from '../../../src/backend/install/cache.js';
import { examine } from '../../../src/backend/doctor/doctor.js';
import { install } from '../../../src/backend/install/install.js';
import { writeFakeBuild } from '../install/fake-build.js';
import {
  fakeMachine,
  recorder,
  type FakeMachine,
  type FakeOptions,
} from '../install/fake-machine.js';
import { nvidiaWheel, version, wheelMembers, wheelName } from '../install/fake-wheels.js';
import { makeZip } from '../install/zip.js';
import { adviceOnXla } from '../../../src/backend/install/xla-tools.js';
import { supportedPlatform } from '../../../src/backend/install/platform.js';

async function installed(fake: FakeOptions = {}, cuda = false): Promise<FakeMachine> {
  const machine = await fakeMachine(fake);
  await install({ tensorflow: version, cuda }, recorder(), machine);
  return machine;
}

const { projects } = supportedPlatform();
const cudaProject = projects.cuda ?? projects.cpu;
const cudaWheels = {
  [wheelName(cudaProject)]: makeZip(wheelMembers(cudaProject)),
  ...nvidiaWheel('nvidia-cublas-cu12'),
  ...nvidiaWheel('nvidia-nccl-cu12'),
};

describe('on the CPU', () => {
  test('reports the backend, its device and what is installed', async () => {
    const machine = await installed({ env: { TF_NUM_INTRAOP_THREADS: '3' } });
    const report = await examine('auto', { machine });
    expect(report).toMatchObject({
      requested: 'auto',
      backend: { name: 'native-cpu', tensorflow: version, threads: 3 },
      installed: [{ tensorflow: version, variant: 'cpu', damage: [] }],
      pip: 'pip 23.2.1 from /somewhere (python 3.11)',
      compiler: 'fake c++ 1.0',
      gpu: { found: false, names: [], used: false, log: [] },
      problems: [],
    });
    expect(report.backend?.device).not.toBe('');
    expect(report.backend?.folder).toBe(report.installed[0]?.folder);
  });

  test('threads are those of this machine unless the environment sets them', async () => {
    const { backend } = await examine('native-cpu', { machine: await installed() });
    expect(backend?.threads).toBe(availableParallelism());
  });

  test('an empty cache is a problem for native TensorFlow, with the command that fixes it', async () => {
    const machine = await fakeMachine({ pip: 'absent', compiler: false });
    const report = await examine('native-cpu', { machine });
    expect(report).toMatchObject({
      ...{ backend: undefined, installed: [], pip: undefined, compiler: undefined },
      problems: ['Native TensorFlow is not installed. Install it with: bbits backend install'],
    });
    expect(report.notes).toContain(
      'Without pip, native TensorFlow can only be installed with --wheel; offline, --binding is needed as well.',
    );
  });

  test('auto with an empty cache is WebAssembly, with a note on the benefit of native TensorFlow', async () => {
    const { backend, problems, notes } = await examine('auto', { machine: await fakeMachine() });
    expect(problems).toEqual([]);
    expect(backend).toMatchObject({ name: 'wasm', tensorflow: null, threads: 1, folder: null });
    expect(notes.join()).toMatch(/bbits uses WebAssembly, .* slower. .*: bbits backend install$/);
  });

  test('WebAssembly on request, with native TensorFlow installed, gets no notes', async () => {
    const { backend, notes } = await examine('wasm', { machine: await installed() });
    expect(backend?.name).toBe('wasm');
    expect(notes).toEqual([]);
  });

  test('an old pip and a wrong CXX are only notes, since an installed build does not need them', async () => {
    const machine = await installed();
    await machine.setPip('old');
    machine.env['CXX'] = 'no-such-compiler';
    const report = await examine('auto', { machine });
    expect(report.backend?.name).toBe('native-cpu');
    expect(report.notes.join('\n')).toMatch(
      /CXX, no-such-compiler, does not run[^]*With a pip this old/,
    );
  });
});

describe('damage', () => {
  test('that keeps a file’s size is found, and the suggested command fixes it', async () => {
    const machine = await installed();
    const { installed: before } = await examine('auto', { machine });
    const binding = join(before[0]?.folder ?? '', 'lib/tfjs_binding.node');
    const size = (await import('node:fs')).statSync(binding).size;
    await writeFile(binding, Buffer.alloc(size));

    const report = await examine('auto', { machine });
    expect(report.backend).toBeUndefined();
    expect(report.installed[0]?.damage).toEqual([
      expect.stringMatching(/tfjs_binding.node has sha256 .*; the manifest says /),
    ]);
    expect(report.problems).toEqual([
      expect.stringMatching(
        new RegExp(`damaged.* bbits backend install --force --tensorflow ${version} --cpu$`),
      ),
    ]);

    await install({ force: true, tensorflow: version, cuda: false }, recorder(), machine);
    expect(await examine('auto', { machine })).toMatchObject({
      backend: { name: 'native-cpu' },
      installed: [{ damage: [] }],
    });
  });

  test('of a build that is not in use is a note', async () => {
    const machine = await installed();
    const { folder } = await writeFakeBuild(machine.root, 'cuda');
    await appendFile(join(folder, 'tensorflow/lib.so'), 'x');
    const report = await examine('native-cpu', { machine });
    expect(report.backend?.name).toBe('native-cpu');
    expect(report.problems).toEqual([]);
    expect(report.notes.join()).toMatch(/2.21.0-cuda-.* is damaged .* --tensorflow 2.21.0 --cuda/);
  });

  test('includes a binding built for another TensorFlow.js', async () => {
    const machine = await fakeMachine();
    await writeFakeBuild(machine.root, 'cpu', '2.21.0', { tfjs: '3.0.0' });
    const { installed: builds, problems } = await examine('auto', { machine });
    expect(builds[0]?.damage.join()).toMatch(/built from tfjs-node-gpu 3.0.0; this bbits needs/);
    expect(problems).toHaveLength(1);
  });

  test('includes a library that does not load, with the reason', async () => {
    const machine = await fakeMachine();
    const build = await writeFakeBuild(machine.root);
    const { backend, problems } = await examine('auto', { machine });
    expect(backend).toBeUndefined();
    expect(problems[0]).toContain(`TensorFlow does not run with ${bindingPath(build)}`);
    expect(problems[0]).toMatch(/binding is not defined\n.* install --force .*--cpu$/);
  });
});

describe.runIf(projects.cuda !== undefined)('on a fake GPU', () => {
  const smi = async (machine: FakeMachine) => {
    const path = join(machine.folder, 'bin', 'nvidia-smi');
    await writeFile(path, `#!${process.execPath}\nconsole.log('NVIDIA H100')`, { mode: 0o755 });
    return machine;
  };

  test('reports its name', async () => {
    const fake = { wheels: cudaWheels, hasGpu: true, env: { FAKE_GPU: '1' } };
    const machine = await smi(await installed(fake, true));
    expect(await examine('auto', { machine })).toMatchObject({
      backend: { name: 'native-gpu', device: 'NVIDIA H100' },
      gpu: { found: true, names: ['NVIDIA H100'], used: true },
      problems: [],
      notes: [
        expect.stringMatching(
          /^XLA cannot use ptxas and libdevice .*--force --tensorflow [\d.]+ --cuda/,
        ),
      ],
    });
  });

  test('finds the files that XLA needs in the build or where XLA_FLAGS points', async () => {
    const machine = await fakeMachine();
    const build = await writeFakeBuild(machine.root, 'cuda');
    const elsewhere = join(machine.folder, 'cuda');
    const add = async (folder: string, mode: number) => {
      await mkdir(join(folder, 'bin'), { recursive: true });
      await mkdir(join(folder, 'nvvm/libdevice'), { recursive: true });
      await writeFile(join(folder, 'bin/ptxas'), '', { mode });
      await writeFile(join(folder, 'nvvm/libdevice/libdevice.10.bc'), '');
    };
    const env = { XLA_FLAGS: `--xla_x --xla_gpu_cuda_data_dir=${elsewhere}` };
    expect(adviceOnXla(build, env)).toContain(`XLA cannot use ptxas and libdevice in `);
    await add(elsewhere, 0o755);
    expect(adviceOnXla(build, env)).toBeUndefined();
    await add(join(build.folder, 'nvidia/cuda_nvcc'), 0o644);
    expect(adviceOnXla(build, {})).toContain(`XLA cannot use ptxas in ${build.folder}`);
    await chmod(join(build.folder, 'nvidia/cuda_nvcc/bin/ptxas'), 0o755);
    expect(adviceOnXla(build, {})).toBeUndefined();
    expect(adviceOnXla(await writeFakeBuild(machine.root, 'cpu'), {})).toBeUndefined();
  });

  test('a GPU that TensorFlow cannot use is a problem for native-gpu, a note for auto', async () => {
    const fake = { wheels: cudaWheels, hasGpu: true, env: { FAKE_GPU: '0' } };
    const machine = await smi(await installed(fake, true));
    const asked = await examine('native-gpu', { machine });
    expect(asked.backend).toBeUndefined();
    expect(asked.problems.join()).toMatch(
      /cannot use this machine's NVIDIA GPU.*--force --tensorflow [\d.]+ --cuda\nTo train on the CPU: .*native-cpu$/,
    );
    expect(asked.gpu.log).toEqual(['Could not find cuda drivers, GPU will not be used.']);

    const auto = await examine('auto', { machine });
    expect(auto.backend?.name).toBe('native-cpu');
    expect(auto.notes.join()).toMatch(/TensorFlow cannot use this machine's NVIDIA GPU/);
  });

  test('the CPU build on a machine with a GPU gets a note on which build to install', async () => {
    const machine = await installed({ hasGpu: true });
    const report = await examine('auto', { machine });
    expect(report.backend?.name).toBe('native-cpu');
    expect(report.notes.join()).toMatch(/only the build for the CPU.*backend install --cuda$/);
    expect((await examine('native-cpu', { machine })).notes).toEqual([]);
  });

  test('native-gpu without any GPU is a problem', async () => {
    const machine = await installed({ wheels: cudaWheels }, true);
    const { backend, problems } = await examine('native-gpu', { machine });
    expect(backend).toBeUndefined();
    expect(problems).toEqual([
      'No NVIDIA GPU with a driver was found on this machine.\nTo train on the CPU: backend=native-cpu',
    ]);
  });

  test('native-cpu with a GPU that the environment makes visible is a problem', async () => {
    const env = { FAKE_GPU: '1', CUDA_VISIBLE_DEVICES: '0' };
    const machine = await installed({ wheels: cudaWheels, hasGpu: true, env }, true);
    const { problems } = await examine('native-cpu', { machine });
    expect(problems.join()).toMatch(/CUDA_VISIBLE_DEVICES makes a GPU visible/);
  });
});
