import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { escapeControls } from '../text/escape-controls.js';

/** Messages cut longer values. */
const longest = 60;

/** A config's or command line's text in a message: short, with control characters escaped. */
export function abbreviate(text: string): string {
  const characters = Array.from(text.slice(0, 2 * longest));
  const short = characters.slice(0, longest).join('');
  return escapeControls(short.length < text.length ? `${short}…` : short);
}

/** A key as in overrides: `training.epochs`. Lists count from 0: `model.layers.2`. */
export function showPath(path: readonly string[]): string {
  return path.map((key) => (/^[\w<-]+$/.test(key) ? abbreviate(key) : quote(key))).join('.');
}

/** A YAML node's value, for "found ...". Text is quoted to distinguish "3" from 3. */
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
