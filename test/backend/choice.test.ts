import { describe, expect, test } from 'vitest';
import type { InstalledBuild } from '../../src/backend/install/cache.js';
import { chooseBackend, chooseBuild, type BackendName } from '../../src/backend/choice.js';
import { fakeBuild } from './install/fake-build.js';
import { withoutScripts } from './install/older-build.js';
import { userError } from '../helpers/temporary-folder.js';

const cpu = fakeBuild('cpu');
const cuda = fakeBuild('cuda');

describe('the chosen build and its use of the GPU', () => {
  const cases: [Exclude<BackendName, 'wasm'>, InstalledBuild[], boolean, InstalledBuild, string][] =
    [
      ['auto', [cpu], false, cpu, 'none'],
      ['auto', [cpu], true, cpu, 'none'],
      ['auto', [cuda], false, cuda, 'hidden'],
      ['auto', [cuda], true, cuda, 'used'],
      ['auto', [cpu, cuda], false, cpu, 'none'],
      ['auto', [cpu, cuda], true, cuda, 'used'],
      ['native-cpu', [cpu, cuda], true, cpu, 'none'],
      ['native-cpu', [cuda], true, cuda, 'hidden'],
      ['native-gpu', [cpu, cuda], true, cuda, 'used'],
      // TensorFlow itself decides whether there is a GPU.
      ['native-gpu', [cuda], false, cuda, 'used'],
    ];
  test.each(cases)('%s', (request, builds, hasGpu, build, gpu) => {
    expect(chooseBuild(request, builds, hasGpu)).toEqual({ build, gpu });
  });

  test('is the first of several versions', () => {
    const older = fakeBuild('cpu', '2.19.1');
    expect(chooseBuild('auto', [older, cpu], false).build).toBe(older);
  });
});

describe('the chosen backend', () => {
  test('is WebAssembly on request, whatever is installed', () => {
    expect(chooseBackend('wasm', [cpu, cuda], true)).toBe('wasm');
  });

  test('is native TensorFlow for auto if it is installed', () => {
    expect(chooseBackend('auto', [cuda], false)).toEqual({ build: cuda, gpu: 'hidden' });
    expect(chooseBackend('auto', [], true)).toBe('wasm');
  });

  test('is an incomplete earlier build only if requested by name, without an alternative', () => {
    const [oldCpu, oldCuda] = [withoutScripts(cpu), withoutScripts(cuda)];
    expect(chooseBackend('auto', [oldCpu, oldCuda], true)).toBe('wasm');
    expect(chooseBackend('auto', [oldCuda, cpu], true)).toEqual({ build: cpu, gpu: 'none' });
    expect(chooseBackend('native-cpu', [oldCpu, cuda], true)).toMatchObject({ build: cuda });
    expect(chooseBackend('native-cpu', [oldCpu], true)).toMatchObject({ build: oldCpu });
    expect(chooseBackend('native-gpu', [oldCuda, cpu], true)).toMatchObject({ build: oldCuda });
  });

  test.each(['native-cpu', 'native-gpu'] as const)(
    'is never WebAssembly for %s',
    async (request) => {
      expect(await userError(() => chooseBackend(request, [], true))).toMatch(/is not installed/);
    },
  );
});

describe('a request without a suitable build is an error with the command that fixes it', () => {
  const cases: [Exclude<BackendName, 'wasm'>, InstalledBuild[], boolean, RegExp][] = [
    ['native-cpu', [], true, /not installed. Install it with: bbits backend install$/],
    ['native-gpu', [], true, /is not installed. Install .*: bbits backend install --cuda$/],
    ['native-gpu', [], false, /is not installed, and no NVIDIA GPU was found/],
    ['native-gpu', [cpu], true, /only a build for the CPU is .* install --cuda$/],
    ['native-gpu', [cpu], false, /only a build for the CPU.*no NVIDIA GPU.*native-cpu/],
  ];
  test.each(cases)('%s', async (request, builds, hasGpu, message) => {
    expect(await userError(() => chooseBuild(request, builds, hasGpu))).toMatch(message);
  });
});
