import * as kind from './kinds';

/** When repairs that do not last are given up. */
export const contestVariables = {
  contestRepairs: kind.integer('CONTEST_REPAIRS', {
    min: 0,
    max: 1_000,
    what: 'how many repairs of the same step of a number may be undone by others, or have no effect, within CONTEST_WINDOW_MS before the number is left alone for as long; 0 for any number',
    fallback: 5,
  }),
  contestWindowMs: kind.milliseconds('CONTEST_WINDOW_MS', {
    min: 1,
    max: 604_800_000,
    what: 'within what time such repairs are counted, and how long a number is left alone then',
    fallback: 3_600_000,
  }),
};

/** When changes of a verdict are not told any more. */
export const flapVariables = {
  flapChanges: kind.integer('FLAP_CHANGES', {
    min: 0,
    max: 100,
    what: 'how many times within FLAP_SWEEPS sweeps the verdict of a number may come back to one that it had before, until one advisory (FLAPPING) takes the place of the events of its changes; 0 for any number',
    fallback: 6,
  }),
  flapSweeps: kind.integer('FLAP_SWEEPS', {
    min: 1,
    max: 10_000,
    what: 'in the time of how many sweeps (SWEEP_INTERVAL_MS) such changes are counted, and for how many the verdict has to stay the same until its changes are told again',
    fallback: 20,
  }),
};
