import { resolve } from 'node:path';
import { shellLine, shellWord } from '../../../text/shell.js';
import type { LauncherOptions } from '../launcher.js';
import type { Manifest } from '../manifest.js';
import { arrayName, type JobArray } from './arrays.js';

type ScriptOptions = Pick<LauncherOptions, 'atOnce' | 'slurm' | 'program' | 'command'>;

/**
 * The sbatch script of a job array.
 *
 * Some time before the limit Slurm sends USR1 to the batch shell alone, and bash handles it only between
 * commands or in `wait`: hence bbits runs in the background. It saves and exits with 138, and the task is
 * requeued. TERM, which scancel sends to all processes, ends the task for good.
 */
export function arrayScript(
  manifest: Manifest,
  array: JobArray,
  { atOnce, slurm, program, command }: ScriptOptions,
): string {
  const { setup, saveSeconds, sbatch } = slurm;
  const folder = resolve(manifest.folder);
  const names = manifest.jobs.slice(array.first, array.first + array.count).map(({ name }) => name);
  const directives = [
    `--job-name=${arrayName(array)}`,
    `--array=0-${array.count - 1}${atOnce === undefined ? '' : `%${atOnce}`}`,
    `--output=${folder.replaceAll('%', '%%')}/${array.first}-%a.log`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR1@${saveSeconds}`,
    ...Object.entries(sbatch).map(([key, value]) =>
      value === true ? `--${key}` : `--${key}=${String(value)}`,
    ),
  ];
  const call = [...program, 'sweep-point', folder].map(shellWord).join(' ');
  return `#!/bin/bash
${directives.map((directive) => `#SBATCH ${sbatchWord(directive)}`).join('\n')}

points=(
${names.map((name) => `  ${shellWord(name)}`).join('\n')}
)
point=\${points[SLURM_ARRAY_TASK_ID]}
task=\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
echo "bbits: $point is task $task on $(hostname), start $((\${SLURM_RESTART_COUNT:-0} + 1))"
# Before bbits runs there is nothing to save.
save= cancelled=
trap 'save=yes' USR1
trap 'exit 143' TERM
${setup.map((line) => `${line}\n`).join('')}
ready=$(mktemp) || exit 1
trap 'cancelled=yes' TERM
${call} "$point" --threads "\${SLURM_CPUS_PER_TASK:-$SLURM_CPUS_ON_NODE}" --ready-file "$ready" &
bbits=$!

# Before bbits listens to it, USR1 would start Node's debugger.
until [ -s "$ready" ] || ! kill -0 "$bbits" 2>/dev/null; do sleep 0.2; done
rm -f "$ready"
interrupted=yes
trap 'interrupted=yes; kill -USR1 "$bbits" 2>/dev/null' USR1
trap 'interrupted=yes; cancelled=yes' TERM
if [ -n "$save" ]; then kill -USR1 "$bbits" 2>/dev/null; fi
# wait returns early when a signal arrives.
while [ -n "$interrupted" ]; do
  interrupted=
  wait "$bbits"
  code=$?
done

if [ "$code" = 138 ] && [ -z "$cancelled" ]; then
  echo "bbits: $point is saved; task $task is requeued"
  scontrol requeue "$task" && exit
  echo 'bbits: requeueing failed. To continue:'
  echo ${shellWord(shellLine(command))}
fi
exit "$code"
`;
}

/** Quote an option for an `#SBATCH` line. */
function sbatchWord(text: string): string {
  if (/^[\w@%+=:,./&|*()[\]-]+$/.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
