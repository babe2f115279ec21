import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { writeLargeSweep } from './report-sweep.js';

/**
 * `npm run bench:report [-- STRENGTHS [SEEDS]]`: time and memory of `bbits report` on a thousand runs of
 * twelve epochs, with an empty cache, a warm one, and one that has the runs but not the pictures. Target: 2
 * seconds and 400 MB with a warm cache.
 */
const [strengths = '200', seeds = '5'] = process.argv.slice(2);
const bin = fileURLToPath(new URL('../bin/bbits.js', import.meta.url));
const tellsUse =
  "data:text/javascript,process.on('exit',()=>process.stderr.write('used '+JSON.stringify(process.resourceUsage())))";

const folder = await mkdtemp(join(tmpdir(), 'bbits-report-'));
try {
  await writeLargeSweep(join(folder, 'sweep'), Number(strengths), Number(seeds));
  // Files that were just written are not cached.
  await setTimeout(4000);
  for (const [cache, ...options] of [
    ['empty'],
    ['warm'],
    ['warm'],
    // Different pictures of the same runs.
    ['warm, without pictures', '--y', 'error'],
    ['warm', '--y', 'error'],
  ]) {
    const started = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', tellsUse, bin, 'report', join(folder, 'sweep'), ...options],
      { env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') }, encoding: 'utf8' },
    );
    const seconds = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(stderr);
    const used = JSON.parse(/used (.*)/.exec(stderr)?.[1] ?? '') as NodeJS.ResourceUsage;
    const cpuSeconds = (used.userCPUTime + used.systemCPUTime) / 1e6;
    const megabytes = (used.maxRSS * 1024) / 1e6;
    process.stdout.write(
      `cache ${cache}: ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of CPU), ${megabytes.toFixed(0)} MB\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
