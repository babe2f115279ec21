import { describe, expect, test } from 'vitest';
import { requireGlibc, supportedPlatform } from '../../../src/backend/install/platform.js';
import {
  defaultTensorflow,
  pinnedWheels,
  platforms,
  wantedCudaMembers,
  wantedMembers,
} from '../../../src/backend/install/recipe.js';
import { parseWheelName } from '../../../src/backend/install/wheel.js';
import { userError } from '../../helpers/temporary-folder.js';

describe('the platform', () => {
  test.each(['linux-x64', 'linux-arm64', 'darwin-arm64'])('%s has a recipe', (id) => {
    const [platform, arch] = id.split('-');
    expect(supportedPlatform(platform, arch).id).toBe(id);
  });

  const others: [string, string, RegExp][] = [
    [
      'win32',
      'x64',
      /no native TensorFlow for win32-x64.*linux-x64, linux-arm64, darwin-arm64.*WSL/,
    ],
    [
      'darwin',
      'x64',
      /no native TensorFlow for darwin-x64.*Without native TensorFlow, bbits can use WebAssembly/,
    ],
    ['freebsd', 'x64', /no native TensorFlow for freebsd-x64/],
  ];
  test.each(others)('%s %s has none', async (platform, arch, message) => {
    expect(await userError(() => supportedPlatform(platform, arch))).toMatch(message);
  });

  test('needs glibc', async () => {
    expect(() => {
      requireGlibc();
    }).not.toThrow();
    const message = await userError(() => {
      requireGlibc(false);
    });
    expect(message).toMatch(/no glibc.*Debian, Ubuntu or Fedora/);
  });
});

describe('the recipe', () => {
  test('has the checksum of the default version’s wheel for every build', () => {
    for (const { projects, wheelTag } of platforms) {
      for (const project of Object.values(projects)) {
        const pinned = Object.keys(pinnedWheels).map(parseWheelName);
        const fitting = pinned.filter(
          (name) => name.project === project && wheelTag.test(name.platformTag),
        );
        expect(fitting.map(({ version }) => version)).toEqual([defaultTensorflow]);
      }
    }
  });

  test('asks pip only for tags that it accepts', () => {
    for (const { pipPlatforms, wheelTag } of platforms) {
      for (const tag of pipPlatforms) expect(tag).toMatch(wheelTag);
    }
  });

  const members: [string, boolean][] = [
    ['tensorflow/libtensorflow_cc.so.2', true],
    ['tensorflow/libtensorflow_framework.2.dylib', true],
    ['tensorflow.libs/libomp-e9212f90.so.5', true],
    ['tensorflow/include/tensorflow/c/eager/c_api.h', true],
    ['tensorflow/include/xla/tsl/platform/types.h', true],
    ['tensorflow/THIRD_PARTY_NOTICES.txt', true],
    ['tensorflow_cpu-2.21.0.dist-info/METADATA', true],
    ['tensorflow_cpu-2.21.0.dist-info/RECORD', false],
    ['tensorflow/include/Eigen/Core', false],
    ['tensorflow/python/_pywrap_tensorflow_internal.so', false],
    ['tensorflow/__init__.py', false],
  ];
  test.each(members)('unpacks %s: %s', (path, wanted) => {
    expect(wantedMembers.some((pattern) => pattern.test(path))).toBe(wanted);
  });

  const cudaMembers: [string, boolean][] = [
    ['nvidia/cublas/lib/libcublas.so.12', true],
    ['nvidia/cuda_nvcc/bin/ptxas', true],
    ['nvidia/cublas/include/cublas.h', false],
    ['nvidia_cublas_cu12-12.9.1.4.dist-info/licenses/License.txt', true],
  ];
  test.each(cudaMembers)('unpacks %s of NVIDIA’s wheels: %s', (path, wanted) => {
    expect(wantedCudaMembers.some((pattern) => pattern.test(path))).toBe(wanted);
  });
});
