import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const execute = promisify(execFile);

/**
 * Runs Python with packages from PyPI, both in a temporary folder. The machine's pip installs them, since many
 * machines have pip but not the ensurepip that a virtual environment needs.
 */
export async function pythonWith(
  ...requirements: string[]
): Promise<(...args: string[]) => Promise<string>> {
  const folder = await temporaryFolder();
  const packages = join(folder, 'packages');
  // Overrides user settings that would make pip refuse.
  const env = { ...process.env, PIP_REQUIRE_VIRTUALENV: '0', PIP_USER: '0' };
  const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--target', packages];
  await execute('python3', ['-m', 'venv', '--without-pip', folder]);
  await execute('python3', ['-m', 'pip', 'install', ...options, ...requirements], { env });
  return async (...args) => {
    const python = join(folder, 'bin/python');
    const of = { env: { ...env, PYTHONPATH: packages }, maxBuffer: 1e9 };
    return (await execute(python, args, of)).stdout;
  };
}
