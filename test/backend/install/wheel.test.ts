import { describe, expect, test } from 'vitest';
import {
  normalizeProject,
  parseMetadata,
  parseWheelName,
} from '../../../src/backend/install/wheel.js';
import { userError } from '../../helpers/temporary-folder.js';

describe('a wheel’s name', () => {
  const good: [string, string, string, string][] = [
    [
      'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
      ...(['tensorflow-cpu', '2.21.0', 'manylinux_2_27_x86_64'] as const),
    ],
    [
      'nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64.manylinux2014_x86_64.whl',
      ...([
        'nvidia-cublas-cu12',
        '12.9.1.4',
        'manylinux_2_27_x86_64.manylinux2014_x86_64',
      ] as const),
    ],
    // With a build number.
    ['a.b-1.0-2-py3-none-any.whl', 'a-b', '1.0', 'any'],
  ];
  test.each(good)('%s', (file, project, version, platformTag) => {
    const expected = { file, project, version, platformTag };
    expect(parseWheelName(file)).toEqual(expected);
    expect(parseWheelName(`/some/where-else/${file}`)).toEqual(expected);
  });

  const bad = [
    'tensorflow.whl',
    'tensorflow-2.21.0.tar.gz',
    'a-1-py3-none-any.zip',
    '',
    'a-1-b-c.whl',
  ];
  test.each(bad)('not %s', async (file) => {
    expect(await userError(() => parseWheelName(file))).toMatch(
      /not named like a wheel \(name-version-python-abi-platform.whl\). Give the file its original name/,
    );
  });

  test('is normalized as on PyPI', () => {
    expect(normalizeProject('TensorFlow__CPU.x')).toBe('tensorflow-cpu-x');
  });
});

describe('a wheel’s metadata', () => {
  const header = [
    'Metadata-Version: 2.1',
    'Name: tensorflow',
    'Version: 2.21.0',
    'Requires-Dist: numpy<2.2.0,>=1.26.0',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    "Requires-Dist: nvidia-nccl-cu12 (==2.23.4) ; extra == 'and-cuda'",
    'Requires-Dist: nvidia-other<1; extra == "something"',
    'Requires-Dist: keras<4; extra == "and-cuda"',
  ];
  const body = ['', 'Name: not this one', 'Requires-Dist: nvidia-evil; extra == "and-cuda"'];

  test.each(['\n', '\r\n'])(
    'gives its name, version and the NVIDIA libraries that it needs',
    (end) => {
      expect(parseMetadata([...header, ...body].join(end))).toEqual({
        project: 'tensorflow',
        version: '2.21.0',
        cuda: ['nvidia-cublas-cu12<13.0,>=12.5.3.2', 'nvidia-nccl-cu12==2.23.4'],
      });
    },
  );

  test('may be empty', () => {
    expect(parseMetadata('')).toEqual({ project: '', version: '', cuda: [] });
  });
});
