import { shellWord } from '../../text/shell.js';
import type { CreateLauncher } from './launcher.js';
import { writeManifest } from './manifest.js';

/** Start nothing: print one command per job, for any other program to run. */
export const printCommands: CreateLauncher = ({ folder, tell }) => ({
  async launch(jobs) {
    const all = [...jobs];
    if (all.length === 0) return;
    const manifest = await writeManifest(folder, all);
    for (const { name } of all) tell(pointCommand(['bbits'], manifest.folder, name));
  },
});

/** The command that runs one job of a manifest, quoted for a POSIX shell. */
export function pointCommand(program: readonly string[], manifest: string, name: string): string {
  return [...program, 'sweep-point', manifest, name].map(shellWord).join(' ');
}
