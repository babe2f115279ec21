import { createInterface } from 'node:readline';
import { startBackend } from '../src/backend/start.js';
import { measured, noiseDataset } from './step.js';
import { suites } from './suites.js';
import { timeEach } from './times.js';

/** Steps of a suite's setting on native TensorFlow, as this process's environment has it: see `startSteps`. */
const [suiteName = '', settingName = '', threads = '2'] = process.argv.slice(2);
const suite = suites[suiteName];
const setting = suite?.settings[settingName];
if (!suite || !setting) throw new Error(`no setting "${settingName}" in a suite "${suiteName}"`);

await startBackend('native-cpu', { threads: Number(threads) });
const program = measured(suite, setting, noiseDataset(suite));
for await (const line of createInterface(process.stdin)) {
  const times = timeEach(Number(line), () => {
    program.step();
  });
  process.stdout.write(`${JSON.stringify(times)}\n`);
}
