import { createInterface } from 'node:readline';
import { measured, noiseDataset } from './step.js';
import { findSuite, type Setting } from './suites.js';
import { timeEach } from './times.js';

/**
 * Serve `startSteps` with the steps of a suite's setting, on this process's backend.
 *
 * @param place names of the suite and the setting; width and batch size if not the default
 */
export async function serveSteps(
  [suiteName = '', settingName = '', width, batchSize]: readonly string[],
  changes: Partial<Setting> = {},
): Promise<void> {
  const suite = findSuite(
    suiteName,
    width === undefined ? undefined : Number(width),
    batchSize === undefined ? undefined : Number(batchSize),
  );
  const setting = suite?.settings[settingName];
  if (!suite || !setting) throw new Error(`no setting "${settingName}" in a suite "${suiteName}"`);
  const program = measured(suite, { ...setting, ...changes }, noiseDataset(suite));
  for await (const line of createInterface(process.stdin)) {
    const times = timeEach(Number(line), () => {
      program.step();
    });
    process.stdout.write(`${JSON.stringify(times)}\n`);
  }
}
