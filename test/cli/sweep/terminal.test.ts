import { expect, test } from 'vitest';
import { hasTerminals, screenOf, startInTerminal } from '../../helpers/terminal.js';
import { sweepConfig } from '../../helpers/sweep-config.js';

const runs = test.runIf(hasTerminals);

runs.each([80, 40])(
  'Ctrl-C leaves a line for each job and no bar, at %d columns',
  async (columns) => {
    const { file, at } = await sweepConfig('{ seed: [1, 2, 3] }', 1_000_000);
    const args = ['sweep', file, '--out', at('out'), '--jobs', '2'];
    const running = startInTerminal(args, { columns });
    const isDrawn = (written: string) =>
      ['1', '2'].every((seed) => new RegExp(`seed=${seed}  .* epoch [1-9]`).test(written));
    await running.shows(isDrawn);
    running.type('\u0003');
    const { code, written } = await running.ended;
    expect(code).toBe(130);
    const screen = screenOf(written, columns).join('\n');
    expect(screen).not.toMatch(/[█░]/);
    expect(screen).toMatch(/^1\/3 {2}seed=1\s+interrupted: /m);
    expect(screen).toMatch(/^2\/3 {2}seed=2\s+interrupted: /m);
    expect(screen).toMatch(/^Interrupted; the same command continues/m);
  },
);

runs('a job’s end is a line above the bars of the others', async () => {
  const { file, at } = await sweepConfig('{ training.epochs: [1, 1000000] }', 1);
  const running = startInTerminal(['sweep', file, '--out', at('out'), '--jobs', '2']);
  await running.shows((written) => {
    const screen = screenOf(written, 80).join('\n');
    return /^1\/2 .* % at .*\n2\/2 .*░ epoch \d+\/1000000 /m.test(screen);
  });
  running.type('\u0003');
  expect((await running.ended).code).toBe(130);
});

runs.each([{ TERM: 'dumb' }, { NO_COLOR: '1' }])(
  'a terminal with %o gets plain lines, as a pipe does',
  async (env) => {
    const { file, at } = await sweepConfig('{ seed: [1, 2] }', 2);
    const { code, written } = await startInTerminal(['sweep', file, '--out', at('out')], { env })
      .ended;
    expect(code).toBe(0);
    expect(written).not.toContain('\u001b');
    expect(written).toContain('1/2  seed=1  started\r\n');
  },
);
