import { startBackend } from '../src/backend/start.js';
import { serveSteps } from './serve-steps.js';

/** Serve a suite's steps on WebAssembly: see `startSteps`. */
await startBackend('wasm');
await serveSteps(process.argv.slice(2), { mode: 'eager' });
