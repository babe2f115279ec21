/** A line of the command's result, on stdout. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
