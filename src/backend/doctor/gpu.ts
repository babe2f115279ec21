import type { BackendName, Choice } from '../choice.js';
import { installCommand } from '../install/install-command.js';
import type { LoadTest } from '../install/load-test.js';

/** Add to `problems` or `notes` why GPU use differs from the request, with the command to fix it. */
export function judgeGpu(
  requested: BackendName,
  hasGpu: boolean,
  choice: Choice | undefined,
  test: LoadTest,
  problems: string[],
  notes: string[],
): void {
  if (test.usesGpu) {
    if (requested === 'native-cpu') {
      problems.push(
        'CUDA_VISIBLE_DEVICES makes a GPU visible to TensorFlow. Unset it, or install the build for the CPU with: bbits backend install --cpu',
      );
    }
    return;
  }
  const manifest = choice?.build.manifest;
  const reason = !hasGpu
    ? 'No NVIDIA GPU with a driver was found on this machine.'
    : manifest?.variant === 'cuda'
      ? `TensorFlow cannot use this machine's NVIDIA GPU. If its driver is older than version 525, which CUDA 12 needs, update it; if a library is missing, install the build again with: ${installCommand(manifest, { force: true })}`
      : "This machine's NVIDIA GPU is not used: only the build for the CPU is installed. To use the GPU: bbits backend install --cuda";
  if (requested === 'native-gpu')
    problems.push(`${reason}\nTo train on the CPU: backend=native-cpu`);
  else if (hasGpu && requested === 'auto') notes.push(reason);
}
