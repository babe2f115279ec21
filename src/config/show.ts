import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { escapeControls } from '../text/escape-controls.js';

/** Longer values are cut in messages. */
const longest = 60;

/** Text from a config or command line, for a message: short, and with nothing that a terminal obeys. */
export function abbreviate(text: string): string {
  const characters = Array.from(text.slice(0, 2 * longest));
  const short = characters.slice(0, longest).join('');
  return escapeControls(short.length < text.length ? `${short}…` : short);
}

/** A key as an override spells it: `training.epochs`. Lists count from 0: `model.layers.2`. */
export function showPath(path: readonly string[]): string {
  return path.map((key) => (/^[\w<-]+$/.test(key) ? abbreviate(key) : quote(key))).join('.');
}

/** What a YAML node holds, for "found ...". Text is in quotes, so that "3" is told from 3. */
export function showNode(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return 'an alias';
  if (!isScalar(node)) return 'nothing';
  if (typeof node.value === 'string') return quote(node.value);
  const written = node.source ?? '';
  return written === '' ? 'nothing' : abbreviate(written);
}

export function quote(text: string): string {
  return `"${abbreviate(text).replaceAll('"', '\\"')}"`;
}
