import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shell } from '../../text/shell.js';
import { CannotResumeError } from '../folder/cannot-resume.js';
import { compactMetricsFile } from '../folder/compact-metrics-file.js';
import { configFile } from '../folder/config-file.js';
import { metricsFile } from '../folder/metrics-file.js';
import { weightsFile } from '../folder/weights-file.js';

/** Whether `bbits runs compact` has removed the files that resuming needs. */
export function isCompact(folder: string): boolean {
  return has(folder, compactMetricsFile.name) && !has(folder, metricsFile.name);
}

/** @throws CannotResumeError if a run is compact */
export function expectWhole(folder: string): void {
  if (!isCompact(folder)) return;
  const again = shell`train it again: bbits train ${join(folder, configFile)}`;
  throw new CannotResumeError(
    `${folder}: expected a run with its checkpoint and metrics, found one compacted by bbits runs ` +
      (has(folder, weightsFile)
        ? `compact. Start another run from its weights, with from: ${folder}, or ${again}`
        : `compact. For more epochs, ${again} training.epochs=EPOCHS`),
  );
}

function has(folder: string, name: string): boolean {
  return existsSync(join(folder, name));
}
