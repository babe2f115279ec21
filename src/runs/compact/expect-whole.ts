import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shell } from '../../text/shell.js';
import { CannotResumeError } from '../folder/cannot-resume.js';
import { compactMetricsFile } from '../folder/compact-metrics-file.js';
import { configFile } from '../folder/config-file.js';
import { metricsFile } from '../folder/metrics-file.js';
import { weightsFile } from '../folder/weights-file.js';

/** @throws CannotResumeError if `bbits runs compact` has taken from a run what training goes on from */
export function expectWhole(folder: string): void {
  const has = (name: string) => existsSync(join(folder, name));
  if (!has(compactMetricsFile.name) || has(metricsFile.name)) return;
  const again = shell`train it again: bbits train ${join(folder, configFile)}`;
  throw new CannotResumeError(
    `${folder}: expected a run with its checkpoint and metrics, found one that bbits runs compact has made ` +
      (has(weightsFile)
        ? `small. Start another run from its weights, with from: ${folder}, or ${again}`
        : `small. To have it longer, ${again} training.epochs=EPOCHS`),
  );
}
