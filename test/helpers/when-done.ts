import { afterAll, onTestFinished, TestRunner } from 'vitest';

const afterFile: (() => unknown)[] = [];
afterAll(async () => {
  for (const work of afterFile.reverse()) await work();
});

/** Run something when the test ends; if called in `beforeAll`, after the file's last test. */
export function whenDone(work: () => unknown): void {
  if (TestRunner.getCurrentTest() === undefined) afterFile.push(work);
  else {
    onTestFinished(async () => {
      await work();
    });
  }
}
