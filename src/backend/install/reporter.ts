/** Receives the progress of long work; src/cli prints it. */
export interface Reporter {
  /** Start a stage, described in one line. */
  stage(message: string): void;
  /** The stage's progress: `fraction` from 0 to 1, and `detail` in words. */
  progress(fraction: number, detail: string): void;
}
