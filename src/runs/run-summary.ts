import { join } from 'node:path';
import { defaultGateDistribution, gateDistributions } from '../bayesian-bits/gate-distributions.js';
import type { Config } from '../config/config.js';
import { UserError } from '../errors.js';
import { allEpochs, phaseOf } from '../setup/epochs.js';
import { runPlan } from '../setup/plan-for-config.js';
import { inspectNetwork, type NetworkInspection } from '../inspection/network-inspection.js';
import {
  readEpochs,
  readLastEpoch,
  type EpochHistory,
  type EpochSummary,
} from './epoch-history.js';
import { configFile, readConfig } from './folder/config-file.js';
import { readRecord, type RunRecord } from './folder/record-file.js';
import { metricsFile } from './folder/metrics-file.js';
import { readResult, resultFile, type RunResult } from './folder/result-file.js';
import { readSensitivity, type SensitivityStep } from './folder/sensitivity-file.js';
import { runOrigin, type RunOrigin } from './identity/run-origin.js';
import { readStatus, type RunStatus } from './folder/status-file.js';

/** The contents of a run's folder, as far as they are readable. */
export interface RunSummary {
  readonly folder: string;
  /** unreadable: finished, but its config or result cannot be read. */
  readonly status: RunStatus['status'] | 'unreadable';
  /** Why it is unfinished or unreadable. */
  readonly reason: string | undefined;
  readonly config: Config | undefined;
  readonly record: RunRecord | undefined;
  /** What decides its result, as far as it is recorded; undefined if its config cannot be read. */
  readonly origin: RunOrigin | undefined;
  readonly result: RunResult | undefined;
  readonly epochs: readonly EpochSummary[];
  /** The finished network, layer by layer; undefined if metrics and result do not match. */
  readonly network: NetworkInspection | undefined;
  /** Networks of the sensitivity baseline that starts from this run; empty if it was not computed. */
  readonly sensitivity: readonly SensitivityStep[];
  /** Problems with its files, and how each was handled. */
  readonly problems: readonly string[];
}

export type FinishedRunSummary = RunSummary & {
  readonly config: Config;
  readonly origin: RunOrigin;
  readonly result: RunResult;
};

/** Whether a run has everything that tables need. */
export function isFinished(run: RunSummary): run is FinishedRunSummary {
  return run.status === 'finished' && run.config !== undefined && run.result !== undefined;
}

/**
 * Summarize a run's folder, whose files are not trusted. Damaged files are reported, not thrown.
 *
 * @param withEpochs also read the epochs of a finished run, which may take a while, and its sensitivity curve
 */
export async function summarizeRun(folder: string, withEpochs = true): Promise<RunSummary> {
  const problems: string[] = [];
  const tell = (error: unknown): undefined => {
    if (!(error instanceof UserError)) throw error;
    problems.push(firstLine(error.message));
  };
  const { status, reason } = await readStatus(folder);
  const config = await readConfig(folder).catch(tell);
  const record = await readRecord(folder).catch(tell);
  const written = await readResult(folder).catch(tell);
  // Without a config, assume the published gates.
  const distribution = gateDistributions[config?.gates.distribution ?? defaultGateDistribution];
  const areRead = withEpochs || status !== 'finished';
  const read = areRead ? await readEpochs(folder, distribution).catch(tell) : noEpochs;
  const last = areRead ? read?.last : await readLastEpoch(folder);
  problems.push(...(read?.problems ?? []));
  const contradiction = written && contradictionIn(folder, written, config, last);
  if (contradiction !== undefined) problems.unshift(contradiction);
  const result = contradiction === undefined ? written : undefined;
  const needed = config !== undefined && result !== undefined;
  const missing = needed ? undefined : (problems[0] ?? `${folder}: found no result.json in it`);
  const network =
    withEpochs && needed && record && read
      ? finishedNetwork(config, record.dataset, result, read, tell)
      : undefined;
  if (withEpochs && status === 'finished' && needed && network === undefined) {
    problems.push(
      `${folder}: its compressed size is unknown, since its files contradict each other`,
    );
  }
  const sensitivity = withEpochs
    ? ((await readSensitivity(folder, result?.epochs).catch(tell)) ?? [])
    : [];
  const isUnreadable = status === 'finished' && !needed;
  return {
    folder,
    status: isUnreadable ? 'unreadable' : status,
    reason: isUnreadable ? missing : reason,
    config,
    record,
    origin: config && runOrigin(config, record, result?.extendedAfterEpochs),
    result,
    epochs: read?.epochs ?? [],
    network,
    sensitivity,
    // The reason repeats this problem.
    problems: isUnreadable ? problems.filter((problem) => problem !== missing) : problems,
  };
}

const noEpochs: EpochHistory = {
  epochs: [],
  last: undefined,
  quantizers: new Map(),
  problems: [],
};

/** How a result differs from the config's epochs or the metrics' last line; undefined if it agrees. */
function contradictionIn(
  folder: string,
  result: RunResult,
  config: Config | undefined,
  last: EpochHistory['last'],
): string | undefined {
  const found = (key: string, expected: string) =>
    `${join(folder, resultFile.name)}: found ${key}, expected ${expected}. One of the two files was changed: ` +
    'restore the original, or train the run again';
  const epochs = config && allEpochs(config);
  if (epochs !== undefined && result.epochs !== epochs) {
    return found(`epochs ${result.epochs}`, `${epochs} as in ${configFile}`);
  }
  // The last lines may be damaged.
  if (last === undefined || last.epoch !== result.epochs) return undefined;
  const keys = ['testAccuracyPercent', 'testCrossEntropy', 'relativeBopsPercent', 'gbops'] as const;
  const key = keys.find((key) => !Object.is(result[key], last[key]));
  if (key === undefined) return undefined;
  const expected = `${last[key]} as in the last line of ${metricsFile.name}`;
  return found(`${key} ${result[key]}`, expected);
}

/** The network of the last line of the metrics, if it belongs to the result. */
function finishedNetwork(
  config: Config,
  dataset: RunRecord['dataset'],
  result: RunResult,
  { epochs, quantizers }: EpochHistory,
  tell: (error: unknown) => undefined,
): NetworkInspection | undefined {
  if (epochs.at(-1)?.epoch !== result.epochs) return undefined;
  try {
    const plan = runPlan(config, dataset, phaseOf(config, result.epochs));
    const fits = plan.quantizers.every(({ name, gatedChannels }) => {
      const { length } = quantizers.get(name)?.keptChannels ?? [];
      return length === gatedChannels || length === 0;
    });
    if (!fits) return undefined;
    const network = inspectNetwork(plan, quantizers);
    const difference = network.totals.relativeBopsPercent - result.relativeBopsPercent;
    return Math.abs(difference) < 1e-6 ? network : undefined;
  } catch (error) {
    tell(error);
    return undefined;
  }
}

function firstLine(message: string): string {
  const [first = '', ...others] = message.split('\n');
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
