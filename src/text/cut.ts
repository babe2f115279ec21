/** A text of at most so many characters, with an ellipsis where its end is left out. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
