import { startBackend } from '../src/backend/start.js';
import { serveSteps } from './serve-steps.js';

/** Steps of a suite's setting on WebAssembly: see `startSteps`. */
await startBackend('wasm');
await serveSteps(process.argv.slice(2), { mode: 'eager' });
