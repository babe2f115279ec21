import { CST, Lexer } from 'yaml';

/** YAML tokens without influence on the neighboring value. */
const saysNothing: Partial<Record<string, string>> = {
  comment: 'a comment',
  'directive-line': 'a directive',
  'doc-start': 'the start of a document',
  'doc-end': 'the end of a document',
  anchor: 'an anchor',
};

export interface Dropped {
  readonly text: string;
  /** Its YAML term. */
  readonly as: string;
}

/** The first part of a text that YAML leaves out of its value; undefined if there is none. */
export function droppedFrom(text: string): Dropped | undefined {
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    // The token after CST.SCALAR is text, not syntax.
    const as = isScalar ? undefined : saysNothing[String(CST.tokenType(token))];
    if (as !== undefined) return { text: token, as };
    isScalar = token === CST.SCALAR;
  }
  return undefined;
}
