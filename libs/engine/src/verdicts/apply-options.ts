import type { ApplyOptions } from '../ports/key-states';
import type { EngineSettings } from '../ports/settings';
import { freshForMs } from './freshness';

export type ApplySettings = Pick<EngineSettings, 'sweepIntervalMs' | 'flapping' | 'mode' | 'dryRun'>;

/** What the settings of a process say about the storing of verdicts. */
export const applyOptions = (settings: ApplySettings): Omit<ApplyOptions, 'makeDue'> => {
  const { flapping, mode, dryRun } = settings;
  return { freshForMs: freshForMs(settings), flapping, deployment: { mode, dryRun } };
};
