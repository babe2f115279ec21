import { expect, onTestFinished, test, vi } from 'vitest';
import { untilInterrupted } from '../../src/cli/interrupt.js';

test('the first signal asks the work to stop, the second ends the process at once', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code ?? 'without a code'}`);
  });
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    for (const spy of [exit, write]) spy.mockRestore();
    process.exitCode = 0;
  });
  await untilInterrupted(
    () => 'all is well',
    async (signal) => {
      process.emit('SIGTERM', 'SIGTERM');
      expect(signal.aborted).toBe(true);
      expect(() => process.emit('SIGINT', 'SIGINT')).toThrow('exit 130');
      await Promise.reject(signal.reason as Error);
    },
  );
  expect(write).toHaveBeenCalledWith('Interrupted; all is well.\n');
  expect(process.exitCode).toBe(143);
  expect(process.listenerCount('SIGUSR1')).toBe(0);
});
