import type { Doctor } from '../../backend/doctor/doctor.js';
import { describeInstallation } from '../../installation.js';
import { formatBytes } from '../../text/bytes.js';
import { packageVersion } from '../../version.js';
import { namedLines } from './named-lines.js';
import { onStdout } from './paint.js';
import { say } from './say.js';
import { lineWidth } from './terminal.js';

/** Print the doctor's findings, each with its name. */
export function printDoctor(report: Doctor): void {
  const line = (name: string, text: string) => {
    say(namedLines(name, text, 12, lineWidth(process.stdout)).join('\n'));
  };
  const { backend, gpu } = report;
  line('bbits', `${packageVersion()}, ${describeInstallation(report.installation)}`);
  line(
    'Backend',
    backend === undefined ? onStdout.red('none can run') : onStdout.green(backend.name),
  );
  line('Requested', report.requested);
  line('Platform', `${report.platform}, Node ${process.versions.node}`);
  if (backend !== undefined) {
    line('TensorFlow', backend.tensorflow ?? 'none: WebAssembly, which comes with bbits');
    const { device, threads } = backend;
    line('Device', `${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  }
  if (report.installed.length === 0) line('Installed', 'nothing');
  for (const { tensorflow, variant, size, folder, damage } of report.installed) {
    const state = damage.length === 0 ? onStdout.green('intact') : onStdout.red('damaged');
    line('Installed', `${tensorflow} ${variant}, ${formatBytes(size)}, ${state}`);
    line('', folder);
    for (const what of damage) line('', onStdout.red(what));
  }
  const { onnxruntime } = report;
  if (onnxruntime) {
    const state =
      onnxruntime.damage.length === 0 ? onStdout.green('intact') : onStdout.red('damaged');
    line('onnxruntime', `${onnxruntime.version}, ${formatBytes(onnxruntime.size)}, ${state}`);
    line('', onnxruntime.folder);
    for (const what of onnxruntime.damage) line('', onStdout.red(what));
  }
  const names = gpu.names.length > 0 ? gpu.names.join(', ') : 'found';
  line('NVIDIA GPU', gpu.found ? `${names}, ${gpu.used ? 'used' : 'not used'}` : 'none found');
  if (gpu.found && !gpu.used) for (const text of gpu.log) line('', text);
  line('pip', report.pip ?? 'none found');
  line('Compiler', report.compiler ?? 'none found; the installer downloads one');
  for (const note of report.notes) line('Note', onStdout.yellow(note));
  for (const problem of report.problems) line('Problem', onStdout.red(problem));
}
