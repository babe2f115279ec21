/** Text in lines of at most 80 characters. */
export function wrap(text: string): string[] {
  return text.match(/\S.{0,79}(?=\s|$)/g) ?? [];
}
