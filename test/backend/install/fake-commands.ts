import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from './fake-wheels.js';

/** `python3 -m pip --version`; the first line of the file `pip` beside its folder selects the behavior. */
export const pipQuick = `
if [ "$3" = --version ]; then
  read -r mode < "\${0%/*}/../pip"
  [ "$mode" = old ] && version=20.0.2 || version=23.2.1
  echo "pip $version from /somewhere (python 3.11)"
  exit
fi`;

/** `c++ --version` and the check for C++17. */
export const compilerQuick = `
case "$*" in
  *-fsyntax-only*) exit 0 ;;
  *--version*) echo 'fake c++ 1.0'; exit 0 ;;
esac`;

/**
 * `python3 -m pip`. The file `pip` in the folder selects the behavior. `ok`: copy the wheels; `slow`: copy
 * them in pieces over a second; `stall`: copy half of one, then hang; `deaf`: the same, ignoring SIGTERM;
 * `fail`, `nothing`, `truncated`, `old`: as the names say. It always warns, as pip does.
 */
export function pipScript(folder: string): string {
  return `
const fs = require('node:fs');
const path = require('node:path');
const args = process.argv.slice(4);
const mode = fs.readFileSync(${JSON.stringify(join(folder, 'pip'))}, 'utf8');
if (mode === 'deaf') process.on('SIGTERM', () => undefined);
fs.appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'pip ' + args.join(' ') + '\\n');
fs.writeFileSync(${JSON.stringify(join(folder, 'pip-patience'))}, process.env.PIP_RETRIES + ' ' + process.env.PIP_DEFAULT_TIMEOUT);
console.error('WARNING: Running pip as the root user can result in broken permissions');
if (mode === 'fail') {
  console.error('ERROR: No matching distribution found for everything');
  process.exit(1);
}
if (mode === 'nothing') process.exit(0);
const wheels = ${JSON.stringify(join(folder, 'wheels'))};
const dest = args.find((arg) => arg.startsWith('--dest=')).slice(7);
const requirements = args.slice(1).filter((arg) => !arg.startsWith('-'));
for (const requirement of requirements) {
  const [project] = requirement.split(/[<>=]/);
  const start = project.replaceAll('-', '_') + '-';
  const files = fs.readdirSync(wheels).filter((name) => name.startsWith(start));
  const exact = files.find((name) => name.startsWith(start + requirement.split('==')[1] + '-'));
  const file = exact ?? files[0];
  const content = fs.readFileSync(path.join(wheels, file));
  const half = content.subarray(0, content.length / 2);
  if (mode === 'ok') fs.writeFileSync(path.join(dest, file), content);
  else if (mode === 'truncated') fs.writeFileSync(path.join(dest, file), half);
  else {
    const partial = path.join(process.env.TMPDIR, file);
    fs.writeFileSync(partial, half);
    if (mode !== 'slow') setInterval(() => undefined, 1000);
    else setTimeout(() => fs.writeFileSync(path.join(dest, file), content), 1000);
  }
}
`;
}

/**
 * A C++ compiler that writes JavaScript. FAKE_COMPILER: `fail`, `stall` or `broken` (the binding cannot be
 * loaded); `fail-kernels` and `broken-kernels` affect only bbits' own kernels.
 */
export function compilerScript(log: string): string {
  const binding = `
let values = 0;
module.exports = {
  TF_Version: '${version}', TF_FLOAT: 1, TF_ATTR_BOOL: 2, TF_ATTR_TYPE: 3,
  createTensor: (shape, type, data) => (values += data.length),
  executeOp: (name) => [{ id: name === 'MatMul' && values === 8 ? 1 : 0 }],
  tensorDataSync: (id) => Float32Array.from(id === 1 ? [19, 22, 43, 50] : []),
  isUsingGpuDevice: () => process.env.FAKE_GPU === '1' && process.env.CUDA_VISIBLE_DEVICES !== '-1',
};
if (process.env.FAKE_GPU === '0') console.error('Could not find cuda drivers, GPU will not be used.');
`;
  return `
const fs = require('node:fs');
const args = process.argv.slice(2);
if (args.includes('version')) console.log('0.17.1');
else {
  fs.appendFileSync(${JSON.stringify(log)}, 'c++ ' + args.join(' ') + '\\n');
  const ofKernels = args.some((arg) => arg.endsWith('kernels.cc'));
  const mode = (process.env.FAKE_COMPILER ?? '').replace(ofKernels ? /-kernels$/ : '', '');
  if (mode === 'fail') {
    console.error('tfjs_backend.cc:1: error: nothing is right');
    process.exit(1);
  }
  if (mode === 'stall') setInterval(() => undefined, 1000);
  const broken = mode === 'broken';
  const addon = ofKernels ? '' : ${JSON.stringify(binding)};
  const written = broken ? 'throw new Error("undefined symbol: TF_Something")' : addon;
  fs.writeFileSync(args[args.indexOf('-o') + 1], written);
}
`;
}

/** The published tfjs-node package. */
export const tfjsNodeArchive = fileURLToPath(
  new URL('tensorflow-tfjs-node-gpu-4.22.0.tgz', import.meta.url),
);

/** `npm pack`, for the tfjs-node package only. */
export function npmScript(log: string, fails: boolean): string {
  return `#!/bin/sh
echo "npm $*" >> '${log}'
${fails ? "echo 'npm error code E403' >&2; exit 1" : ''}
for each; do case "$each" in --pack-destination=*) destination="\${each#*=}";; esac; done
/bin/cp '${tfjsNodeArchive}' "$destination"
`;
}
