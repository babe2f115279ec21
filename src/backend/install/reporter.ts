/** How long work is told to whoever asked for it; src/cli prints it. */
export interface Reporter {
  /** A new stage begins: one line for people. */
  stage(message: string): void;
  /** How far the stage is. `fraction` goes from 0 to 1; `detail` says it in words. */
  progress(fraction: number, detail: string): void;
}
