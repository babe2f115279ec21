import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What a CPU computes with, the widest first: by these TensorFlow, oneDNN and our kernels choose. */
const instructionSets = [
  { name: 'AVX-512 VNNI', flag: 'avx512_vnni' },
  { name: 'AVX-512', flag: 'avx512f' },
  { name: 'AVX2', flag: 'avx2' },
  { name: 'AVX', flag: 'avx' },
  { name: 'SSE4.1', flag: 'sse4_1' },
] as const;

export type InstructionSet = (typeof instructionSets)[number]['name'] | 'NEON' | 'unknown';

/** What computes where no GPU does. */
export function cpuModel(): string {
  return cpus()[0]?.model ?? process.arch;
}

/** The widest instruction set of this machine's CPU; unknown where the system does not tell. */
export function instructionSet(): InstructionSet {
  if (process.arch === 'arm64') return 'NEON';
  const flags = cpuFlags();
  return instructionSets.find(({ flag }) => flags.has(flag))?.name ?? 'unknown';
}

/** As Linux tells them, of the first core; empty elsewhere. */
export function cpuFlags(path = '/proc/cpuinfo'): ReadonlySet<string> {
  try {
    const [, flags = ''] = /^flags\s*:(.*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    return new Set(flags.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}
