import { supportedPlatform } from '../../../src/backend/install/platform.js';
import { compilerScript } from './fake-commands.js';
import { makeZip, type Member } from './zip.js';

const platform = supportedPlatform();

/** A version without a pinned checksum in the recipe, so that tests can fake its wheel. */
export const version = '2.20.0';
export const cpuProject = platform.projects.cpu;

/** A file name for this platform: `tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_28_x86_64.whl`. */
export function wheelName(project = cpuProject, wheelVersion = version): string {
  const tag = platform.pipPlatforms[0] ?? '';
  return `${project.replaceAll('-', '_')}-${wheelVersion}-cp311-cp311-${tag}.whl`;
}

/** The members that the installer needs of a TensorFlow wheel, a few bytes each, and one that it skips. */
export function wheelMembers(project = cpuProject, wheelVersion = version): Member[] {
  const info = `${project.replaceAll('-', '_')}-${wheelVersion}.dist-info`;
  const nvidia = [
    'Requires-Dist: numpy>=1.26.0',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    'Requires-Dist: nvidia-nccl-cu12 (==2.23.4) ; extra == "and-cuda"',
  ];
  const metadata = [`Metadata-Version: 2.1`, `Name: ${project}`, `Version: ${wheelVersion}`];
  return [
    { name: 'tensorflow/__init__.py', content: 'print("not wanted")' },
    ...platform.libraries.map((library) => ({
      name: `tensorflow/${library}`,
      content: `library ${library} `.repeat(5000),
      mode: 0o755,
    })),
    { name: 'tensorflow/include/tensorflow/c/c_api.h', content: '// header' },
    { name: `${info}/METADATA`, content: [...metadata, ...nvidia, '', 'TensorFlow'].join('\n') },
    { name: `${info}/RECORD`, content: 'not wanted' },
  ];
}

/** A wheel of an NVIDIA project. */
export function nvidiaWheel(project: string): Record<string, Buffer> {
  const folder = project.replace(/^nvidia-|-cu12$/g, '');
  const file = `${project.replaceAll('-', '_')}-12.5.0-py3-none-${platform.pipPlatforms[0] ?? ''}.whl`;
  const zip = makeZip([
    { name: `nvidia/${folder}/lib/`, content: '', deflate: false },
    { name: `nvidia/${folder}/lib/lib${folder}.so.12`, content: 'library' },
    { name: `nvidia/${folder}/bin/tool`, content: 'tool', mode: 0o755 },
    { name: `nvidia/${folder}/include/${folder}.h`, content: 'not wanted' },
  ]);
  return { [file]: zip };
}

/** A `ziglang` wheel whose compiler is `compilerScript`. */
export function zigWheel(log: string): Record<string, Buffer> {
  const zip = makeZip([
    { name: 'ziglang/__init__.py', content: '' },
    {
      name: 'ziglang/zig',
      content: `#!${process.execPath}\n${compilerScript(log)}`,
      mode: 0o755,
    },
    { name: 'ziglang/lib/std/std.zig', content: '// library' },
  ]);
  return { 'ziglang-0.17.1-py3-none-any.whl': zip };
}
