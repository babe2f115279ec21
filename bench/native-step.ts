import { startBackend } from '../src/backend/start.js';
import { serveSteps } from './serve-steps.js';

/** Steps of a suite's setting on native TensorFlow, as this process's environment has it: see `startSteps`. */
const [suiteName = '', settingName = '', threads = '2'] = process.argv.slice(2);
await startBackend('native-cpu', { threads: Number(threads) });
await serveSteps([suiteName, settingName]);
