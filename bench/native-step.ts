import { startBackend } from '../src/backend/start.js';
import { serveSteps } from './serve-steps.js';

/** Serve a suite's steps on native TensorFlow, in this process's environment: see `startSteps`. */
const [suiteName = '', settingName = '', threads = '2'] = process.argv.slice(2);
await startBackend('native-cpu', { threads: Number(threads) });
await serveSteps([suiteName, settingName]);
