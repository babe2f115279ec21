import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Instruction sets, widest first, that decide which code TensorFlow, oneDNN and our kernels run. */
const instructionSets = [
  { name: 'AVX-512 VNNI', flag: 'avx512_vnni' },
  { name: 'AVX-512', flag: 'avx512f' },
  { name: 'AVX2', flag: 'avx2' },
  { name: 'AVX', flag: 'avx' },
  { name: 'SSE4.1', flag: 'sse4_1' },
] as const;

export type InstructionSet = (typeof instructionSets)[number]['name'] | 'NEON' | 'unknown';

/** The CPU's model, or the architecture if that is unknown. */
export function cpuModel(): string {
  return cpus()[0]?.model ?? process.arch;
}

/** The widest instruction set of this machine's CPU; `unknown` if the system does not report it. */
export function instructionSet(): InstructionSet {
  if (process.arch === 'arm64') return 'NEON';
  const flags = cpuFlags();
  return instructionSets.find(({ flag }) => flags.has(flag))?.name ?? 'unknown';
}

/** The first core's flags as Linux reports them; empty on other systems. */
export function cpuFlags(path = '/proc/cpuinfo'): ReadonlySet<string> {
  try {
    const [, flags = ''] = /^flags\s*:(.*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    return new Set(flags.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}
