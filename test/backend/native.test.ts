import * as tf from '@tensorflow/tfjs-core';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/commands/child.js';
import {
  installedBuilds,
  startBackend,
  type BackendName,
  type BackendOptions,
} from '../../src/backend/start.js';
import { hasKernels } from '../../src/backend/install/kernels.js';
import { supportedPlatform } from '../../src/backend/install/platform.js';
import { install } from '../../src/backend/install/install.js';
import { kernelsVersion } from '../../src/kernels/own/version.js';
import { fakeMachine, recorder } from './install/fake-machine.js';
import { nvidiaWheel, version, wheelMembers, wheelName } from './install/fake-wheels.js';
import { temporaryFolder, userError } from '../helpers/temporary-folder.js';
import { testThreads } from '../helpers/test-backend.js';
import { makeZip } from './install/zip.js';

const { id, projects } = supportedPlatform();

/** The tests use the real TensorFlow in one process, so their order matters. */
test('an empty cache is an error that can be fixed within the same process', async () => {
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = await temporaryFolder();
  expect(await userError(startBackend('native-cpu'))).toMatch(/Install it with: bbits backend/);
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;

  const info = await startBackend('native-cpu', { threads: 2 });
  expect(info).toMatchObject({ name: 'native-cpu', threads: testThreads });
  expect(info.tensorflow).toMatch(/^\d+\.\d+\.\d+$/);
  expect(info.device).not.toBe('');
  expect(info).not.toHaveProperty('warning');
});

/** Call `startBackend`, built by `npm run build`, in a process of its own. */
function startElsewhere(name: BackendName, options: BackendOptions, env: NodeJS.ProcessEnv) {
  const module = new URL('../../dist/backend/start.js', import.meta.url).href;
  const script = `
    import('${module}')
      .then((m) => m.startBackend('${name}', ${JSON.stringify(options)}))
      .catch((error) => { console.error(error.name + ': ' + error.message); process.exitCode = 1; });`;
  return run(process.execPath, ['-e', script], { env });
}

test('TensorFlow logs nothing unless asked to', async () => {
  const quiet = await startElsewhere('native-cpu', {}, process.env);
  expect(quiet).toEqual({ code: 0, stdout: '', stderr: '' });
  // This process has silenced its children, so the log is switched on again.
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0' };
  const loud = await startElsewhere('native-cpu', { tensorflowLogs: true }, env);
  expect(loud.code).toBe(0);
  expect(loud.stderr).toMatch(/TensorFlow|oneDNN/);
});

test('bbits’ own kernels are loaded if the build has them, unless they are switched off', async () => {
  const module = new URL('../../dist/backend/start.js', import.meta.url).href;
  const kernelsOf = async (options: BackendOptions) => {
    const script = `
      const { startBackend } = await import('${module}');
      const { kernels } = await startBackend('native-cpu', ${JSON.stringify(options)});
      process.stdout.write(JSON.stringify(kernels));`;
    const args = ['--input-type=module', '-e', script];
    return JSON.parse((await run(process.execPath, args, { env: process.env })).stdout) as unknown;
  };
  const [build] = await installedBuilds();
  expect(await kernelsOf({})).toBe(build && hasKernels(build) ? kernelsVersion : null);
  expect(await kernelsOf({ kernels: false })).toBe(null);
});

test('TensorFlow.js computes on it', async () => {
  expect(tf.getBackend()).toBe('tensorflow');
  const product = tf.matMul(tf.ones([2, 3]), tf.fill([3, 2], 2));
  expect([...(await product.data())]).toEqual([6, 6, 6, 6]);
});

test('a second start gives the same backend, and another backend is refused', async () => {
  const info = await startBackend('native-cpu');
  expect(await startBackend('auto')).toBe(info);
  expect(await userError(startBackend('native-gpu'))).toMatch(
    /native-gpu was requested, but native-cpu already runs/,
  );
});

describe.runIf(projects.cuda !== undefined)('with a fake build for GPUs', () => {
  async function machine(env: Record<string, string>) {
    const wheels = { [wheelName(projects.cuda)]: makeZip(wheelMembers(projects.cuda)) };
    const nvidia = { ...nvidiaWheel('nvidia-cublas-cu12'), ...nvidiaWheel('nvidia-nccl-cu12') };
    const fake = await fakeMachine({ wheels: { ...wheels, ...nvidia }, env });
    await install({ tensorflow: version, cuda: true }, recorder(), fake);
    return fake;
  }

  test('a GPU that is requested but not used is an error', async () => {
    const { env } = await machine({ FAKE_GPU: '0' });
    const { code, stderr } = await startElsewhere('native-gpu', {}, env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /UserError: Backend native-gpu was requested, but .*GPU.*doctor --backend native-gpu$/m,
    );
  });

  test('a GPU hidden by the environment is given as the reason', async () => {
    const { env } = await machine({ FAKE_GPU: '1', CUDA_VISIBLE_DEVICES: '-1' });
    const { stderr } = await startElsewhere('native-gpu', {}, env);
    expect(stderr).toMatch(/native-gpu was requested, but (no NVIDIA GPU|CUDA_VISIBLE_DEVICES=-1)/);
  });

  test('a GPU made visible by the environment is an error for native-cpu', async () => {
    const { env } = await machine({ FAKE_GPU: '1', CUDA_VISIBLE_DEVICES: '0' });
    const { stderr } = await startElsewhere('native-cpu', {}, env);
    expect(stderr).toMatch(
      /native-cpu was requested, but CUDA_VISIBLE_DEVICES=0 makes a GPU visible/,
    );
  });

  test('an error for a build that cannot be loaded suggests the doctor', async () => {
    const { env, root } = await machine({});
    await rm(join(root, `${version}-cuda-${id}`, 'lib'), { recursive: true });
    const { stderr } = await startElsewhere('auto', {}, env);
    expect(stderr).toMatch(/UserError: TensorFlow could not be loaded from .*backend doctor$/ms);
  });
});
