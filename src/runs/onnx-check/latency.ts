import type { Session } from './sessions.js';

/** Duration of a forward pass. */
export interface Latency {
  readonly oneImageMs: number;
  readonly batchMs: number;
}

const warmUps = 3;
const most = 50;
const mostMs = 1000;

/** Median durations after warm-up, for one image and for the batch. @param imageSize values per image */
export async function measureLatency(
  session: Session,
  batch: Float32Array,
  imageSize: number,
): Promise<Latency> {
  return {
    oneImageMs: await medianMs(session, batch.subarray(0, imageSize)),
    batchMs: await medianMs(session, batch),
  };
}

async function medianMs(session: Session, images: Float32Array): Promise<number> {
  for (let at = 0; at < warmUps; at++) await session.run(images);
  const times: number[] = [];
  const start = performance.now();
  while (times.length < most && performance.now() - start < mostMs) {
    const before = performance.now();
    await session.run(images);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1] ?? NaN;
}
