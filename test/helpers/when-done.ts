import { afterAll, onTestFinished, TestRunner } from 'vitest';

const afterFile: (() => unknown)[] = [];
afterAll(async () => {
  for (const work of afterFile.reverse()) await work();
});

/** Runs something when the test ends; said in `beforeAll`, when the last test of the file has. */
export function whenDone(work: () => unknown): void {
  if (TestRunner.getCurrentTest() === undefined) afterFile.push(work);
  else {
    onTestFinished(async () => {
      await work();
    });
  }
}
