/** Thrown if XLA cannot compile an entry; the message is the reason, on one line. */
export class RefusedByXla extends Error {}

/** Extract XLA's reason, one line. @param cause TensorFlow's multi-line error */
export function refusedByXla(entryName: string, cause: unknown): RefusedByXla {
  if (cause instanceof RefusedByXla) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const [, reason = text] = /Session fail to run with error: (.*)/.exec(text) ?? [];
  const [line = ''] = reason.replaceAll(/\{\{node ([^}]+)\}\}/g, '$1').split('\n');
  return new RefusedByXla(`entry "${entryName}": ${line.trim()}`, { cause });
}
