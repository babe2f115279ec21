import { CST, Lexer } from 'yaml';

/** Tokens of YAML that say nothing about the value beside them. */
const saysNothing: Partial<Record<string, string>> = {
  comment: 'a comment',
  'directive-line': 'a directive',
  'doc-start': 'the start of a document',
  'doc-end': 'the end of a document',
  anchor: 'an anchor',
};

export interface Dropped {
  readonly text: string;
  /** What it is to YAML, in words. */
  readonly as: string;
}

/** The first of a text that its value in YAML is without; undefined where it is all there. */
export function droppedFrom(text: string): Dropped | undefined {
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    // After its mark a scalar may be anything.
    const as = isScalar ? undefined : saysNothing[String(CST.tokenType(token))];
    if (as !== undefined) return { text: token, as };
    isScalar = token === CST.SCALAR;
  }
  return undefined;
}
