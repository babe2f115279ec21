import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendInfo } from '../../src/backend/info.js';
import { writeWhole } from '../../src/files/write-file.js';
import type { BenchOptions } from '../options.js';
import { loadProfiler } from './addon.js';
import { chromeTrace } from './chrome-trace.js';
import { profile } from './profile.js';
import { profileLines, summaryOf } from './report.js';

/** Profile one setting, and write the trace of one of its steps. */
export async function profileStep(
  { suiteName, suite, trace }: BenchOptions,
  settingName: string,
  start: () => Promise<BackendInfo>,
) {
  const addon = await loadProfiler(); // Before the backend: see `loadProfiler`.
  const backend = await start();
  const found = profile(suite, settingName, backend.threads, addon);
  const file = trace ?? join(tmpdir(), `${fileName(`${suiteName} ${settingName}`)}.trace.json`);
  await writeWhole(file, chromeTrace(found.kernels, found.start));
  const { width, batchSize } = suite;
  return {
    figures: {
      network: suiteName,
      width,
      batchSize,
      setting: settingName,
      backend,
      ...summaryOf(found),
      trace: file,
    },
    lines: [
      `${suiteName}, width ${width}, batch ${batchSize}, ${settingName}\n`,
      ...profileLines(found),
      `A step's trace, for chrome://tracing or ui.perfetto.dev: ${file}`,
    ],
  };
}

function fileName(text: string): string {
  return `bbits-${text.replace(/[^\w]+/g, '-').replace(/-$/, '')}`;
}
