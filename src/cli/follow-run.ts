import type { Config } from '../config/config.js';
import type { RunResult } from '../runs/folder/result-file.js';
import type { FinishedRun, RunObserver, RunOptions } from '../runs/train-and-record.js';
import { constantNetwork } from '../inspection/constant-network.js';
import { wrap } from '../text/wrap.js';
import { untilInterrupted } from './interrupt.js';
import { accuracyText, bopsText, gbopsText } from './output/figures.js';
import type { LogLevel } from './log-options.js';
import { printingIsNews, say } from './output/say.js';
import { lineWidth } from './output/terminal.js';

/**
 * Show a run's progress and its result, or, if a signal stops it, the command that resumes it.
 *
 * @param command the command line, for the run's record
 * @param folder of a resumed run
 */
export async function followRun(
  config: Config,
  level: LogLevel,
  command: readonly string[],
  train: (options: RunOptions, observer: RunObserver) => Promise<FinishedRun>,
  folder?: string,
): Promise<void> {
  const { silentObserver, trainProgress } = await import('./output/train-progress.js');
  const { resultTable } = await import('./output/result-table.js');
  const progress =
    level === 'error' ? silentObserver(config, folder) : trainProgress(config, folder);
  printingIsNews();
  await untilInterrupted(
    () => progress.leftBehind(),
    async (signal) => {
      const options = { command, signal, tensorflowLogs: level === 'debug' };
      const finished = await train(options, progress.observer).finally(() => {
        progress.close();
      });
      if (level === 'error') return;
      say('');
      say(resultTable(finished.result, lineWidth(process.stdout)));
      say('');
      const { beforeFineTuning: before, isConstant } = finished.result;
      if (isConstant) say(`${wrap(constantNetwork).join('\n')}\n`);
      if (before) say(`${atCost(before)}, before fine-tuning`);
      say(`${atCost(finished.result)}, in ${finished.trainingSeconds.toFixed(1)} s of training`);
      say(`The run is in ${finished.folder}`);
    },
    () => progress.goesOn(),
  );
}

function atCost({
  testAccuracyPercent,
  relativeBopsPercent,
  gbops,
}: Pick<RunResult, 'testAccuracyPercent' | 'relativeBopsPercent' | 'gbops'>): string {
  const bops = `${bopsText(relativeBopsPercent)} relative BOPs (${gbopsText(gbops)})`;
  return `${accuracyText(testAccuracyPercent)} test accuracy at ${bops}`;
}
