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
