import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeFile } from '../../src/backend/install/manifest.js';
import { onnxruntimeName } from '../../src/backend/onnxruntime/recipe.js';
import { lineReporter } from '../../src/cli/output/reporter.js';
import { fakeMachine } from '../backend/install/fake-machine.js';
import { version } from '../backend/install/fake-wheels.js';
import { bbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const { PATH } = process.env;

describe('help', () => {
  test.each([['backend'], ['backend install'], ['backend doctor'], ['backend remove']])(
    'of %s has examples, fits into 80 columns and exits 0',
    async (command) => {
      const { code, stdout, stderr } = await bbits([...command.split(' '), '--help'], { PATH });
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toContain(`Usage: bbits ${command}`);
      expect(stdout).toContain('Examples:\n  bbits backend');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );
});

test('help says that --wheel works offline only with --binding', async () => {
  const { stdout } = await bbits(['backend', 'install', '--help'], { PATH });
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('offline, --binding is needed as well');
});

describe('bad usage exits 2 and does nothing', () => {
  const bad: [string, RegExp][] = [
    ['backend install --cpu --cuda', /'--cuda' cannot be used with option '--cpu'/],
    ['backend install --no-such-option', /unknown option '--no-such-option'/],
    ['backend install --tensorflow', /argument missing/],
    ['backend install --tensorflow newest', /newest is not a version. Expected three numbers/],
    ['backend install surplus', /too many arguments/],
    ['backend doctor --backend tpu', /'tpu' is invalid. Allowed choices are auto, native-gpu/],
    ['backend remov', /unknown command 'remov'[^]*remove/],
    ['backend', /Usage: bbits backend/],
  ];
  test.each(bad)('%s', async (command, message) => {
    const env = { PATH, XDG_CACHE_HOME: await temporaryFolder() };
    const { code, stdout, stderr } = await bbits(command.split(' '), env);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('doctor', () => {
  test('with an empty cache says that it uses WebAssembly, and what would be faster', async () => {
    const machine = await fakeMachine();
    const { code, stdout } = await bbits(['backend', 'doctor'], machine.env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Backend +wasm$/m);
    expect(stdout).toMatch(/^TensorFlow +none: WebAssembly/m);
    expect(stdout).toMatch(/^Device +.+, 1 thread$/m);
    expect(stdout).toMatch(/^Note +Native TensorFlow is not installed: .* bbits backend install$/m);
  });

  test('for native TensorFlow with an empty cache exits 1, with the command that fixes it', async () => {
    const machine = await fakeMachine();
    const args = ['backend', 'doctor', '--backend', 'native-cpu'];
    const { code, stdout } = await bbits(args, machine.env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Backend +none can run$/m);
    expect(stdout).toMatch(/^Installed +nothing$/m);
    expect(stdout).toMatch(/^Problem +.*not installed. Install it with: bbits backend install$/m);
  });

  test('after installing the CPU build exits 0, but 1 for native-gpu', async () => {
    const machine = await fakeMachine({ env: { TF_NUM_INTRAOP_THREADS: '2' } });
    const args = ['backend', 'install', '--cpu', '--tensorflow', version];
    expect(await bbits(args, machine.env)).toMatchObject({ code: 0 });

    const cpu = await bbits(['backend', 'doctor'], machine.env);
    expect(cpu.code).toBe(0);
    expect(cpu.stdout).toMatch(/^Backend +native-cpu$/m);
    expect(cpu.stdout).toMatch(new RegExp(`^TensorFlow +${version}$`, 'm'));
    expect(cpu.stdout).toMatch(/^Device +.+, 2 threads$/m);
    expect(cpu.stdout).toMatch(
      /^Installed +2.20.0 cpu, [\d.]+ [kM]B, intact\n +\/.*\/native\/2.20.0-cpu-/m,
    );

    const gpu = await bbits(['backend', 'doctor', '--backend', 'native-gpu'], machine.env);
    expect(gpu.code).toBe(1);
    expect(gpu.stdout).toMatch(/^Problem +Backend native-gpu was requested, but only a build for/m);
  });
});

test('the doctor reports an onnxruntime downloaded by checks of exports, and remove deletes it', async () => {
  const machine = await fakeMachine();
  const folder = join(machine.root, onnxruntimeName(`${process.platform}-${process.arch}`));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'library'), 'of 12 bytes.');
  const files = [await describeFile(folder, 'library')];
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ onnxruntime: '1', files }));
  const intact = await bbits(['backend', 'doctor'], machine.env);
  expect(intact.stdout).toContain(`onnxruntime 1.30.0, 12 B, intact\n            ${folder}\n`);
  expect(intact.stdout).toMatch(/^Installed +nothing$/m);
  await writeFile(join(folder, 'library'), 'of 12 bytes?');
  const damaged = await bbits(['backend', 'doctor'], machine.env);
  expect(damaged.stdout).toContain('onnxruntime 1.30.0, 12 B, damaged\n');
  const advice = `onnxruntime in ${folder} is damaged: delete that folder, and the next check downloads it again.`;
  expect(intact.stdout).not.toContain(advice);
  expect(damaged.stdout).toContain(advice);
  const removed = await bbits(['backend', 'remove'], machine.env);
  expect(removed.stdout).toContain(`Deleted ${folder} (`);
});

describe('install and remove', () => {
  test('remove spares files that are not bbits’ own, even if XDG_CACHE_HOME is a work folder', async () => {
    const machine = await fakeMachine();
    const cache = join(machine.root, '..');
    const kept = ['clone/src/main.ts', 'runs/one/result.json', 'reports/report.html'];
    const made = ['reports/0123456789abcdef.jsonl', 'reports/fedcba9876543210.drawn.tmp'];
    for (const path of [...kept, ...made]) {
      await mkdir(dirname(join(cache, path)), { recursive: true });
      await writeFile(join(cache, path), 'of 12 bytes.');
    }
    const { code, stdout } = await bbits(['backend', 'remove'], machine.env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Deleted ${join(cache, 'reports')} (24 B)\nFreed 24 B.\n`,
    });
    const left = await readdir(cache, { recursive: true, withFileTypes: true });
    const files = left.filter((entry) => entry.isFile());
    expect(files.map(({ parentPath, name }) => join(parentPath, name)).sort()).toEqual(
      kept.map((path) => join(cache, path)).sort(),
    );
  });

  test('report results on stdout, and progress on stderr', async () => {
    const machine = await fakeMachine();
    const args = ['backend', 'install', '--cpu', '--tensorflow', version];
    const first = await bbits(args, machine.env);
    expect(first.stdout).toMatch(
      /^Installed: TensorFlow 2.20.0 for the CPU, [\d.]+ [kM]B in \/.*\n$/,
    );
    expect(first.stderr).toMatch(/will be downloaded from PyPI/);
    const second = await bbits(args, machine.env);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(/^Already installed: /);
    const forced = await bbits([...args, '--force'], machine.env);
    expect(forced.stdout).toMatch(/^Installed: /);

    const none = await bbits(['backend', 'remove', '--cuda'], machine.env);
    expect(none).toMatchObject({ code: 0, stdout: 'Nothing to delete.\n' });
    const removed = await bbits(['backend', 'remove'], machine.env);
    expect(removed.stdout).toMatch(/^Deleted \/.* \([\d.]+ [kM]B\)\nFreed [\d.]+ [kM]B.\n$/);
  });

  test('an error prints its message without a stack, and exits 1', async () => {
    const machine = await fakeMachine({ pip: 'fail' });
    const args = ['backend', 'install', '--cpu', '--tensorflow', version];
    const { code, stdout, stderr } = await bbits(args, machine.env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/pip could not download .* from PyPI/);
    expect(stderr).not.toMatch(/\n +at |bug in bbits/);
  });
});

describe('install --or-wasm', () => {
  const args = ['backend', 'install', '--cpu', '--tensorflow', version, '--or-wasm'];

  test.each([
    ['absent', /but no pip was found \(tried python3 -m pip, python -m pip, pip3\)/],
    ['fail', /pip could not download tensorflow\S* from PyPI \(exit code 1\)/],
    ['old', /pip is too old: found pip 20.0.2 .*; expected 20.3.4 or newer/],
  ] as const)('says why and exits 0 with pip: %s', async (pip, why) => {
    const machine = await fakeMachine({ pip });
    const { code, stdout, stderr } = await bbits(args, machine.env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const line = stderr.split('\n').find((text) => text.startsWith('No native TensorFlow:'));
    expect(line).toMatch(why);
    expect(line).toMatch(/. bbits uses WebAssembly, about \d+ times slower.$/);
    expect(stderr).not.toContain('ERROR');
  });

  test('installs if possible, and refuses bad usage', async () => {
    const machine = await fakeMachine();
    const { code, stdout } = await bbits(args, machine.env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Installed: TensorFlow/);
    const bad = ['backend', 'install', '--or-wasm', '--tensorflow', 'newest'];
    expect((await bbits(bad, machine.env)).code).toBe(2);
  });
});

describe('progress without a terminal', () => {
  function lines(times: number[] = []) {
    const written: string[] = [];
    const reporter = lineReporter(
      (text) => written.push(text),
      () => times.shift() ?? 0,
    );
    return { written, reporter };
  }

  test('is a line for every 10 percent', () => {
    const { written, reporter } = lines();
    reporter.stage('Downloading');
    for (let percent = 0; percent <= 100; percent++) {
      reporter.progress(percent / 100, `${percent} MB`);
    }
    expect(written).toHaveLength(11);
    expect(written.slice(0, 3)).toEqual(['Downloading', '   10 %  10 MB', '   20 %  20 MB']);
    expect(written.at(-1)).toBe('  100 %  100 MB');
  });

  test('is a line every ten seconds if it is slow', () => {
    const { written, reporter } = lines([0, 0, 5_000, 11_000, 11_000]);
    reporter.stage('Downloading');
    reporter.progress(0.01, 'a');
    reporter.progress(0.02, 'b');
    expect(written).toEqual(['Downloading', '    2 %  b']);
  });

  test('restarts with each stage', () => {
    const { written, reporter } = lines();
    for (const stage of ['one', 'two']) {
      reporter.stage(stage);
      reporter.progress(0.5, 'half');
    }
    expect(written).toEqual(['one', '   50 %  half', 'two', '   50 %  half']);
  });
});
