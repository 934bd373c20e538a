import type * as windowCalendar from '../../libs/domain/src/steering/window-calendar';
import { off, type Guard } from './guard';
import { CONTESTED, FLAPPING } from './simulated-world';

/** As if the clock of the zone were never changed. */
const atFixedOffset = (window: windowCalendar.MaintenanceWindow): windowCalendar.MaintenanceWindow => ({
  ...window,
  timeZone: window.timeZone === 'Europe/Berlin' ? 'Etc/GMT-1' : 'Etc/GMT+5',
});

/** Guards of what holds for a time and ends by itself. */
export const TIMED_GUARDS: readonly Guard[] = [
  {
    guard: 'a repair that others undo is given up',
    without: off('engine/src/writes/contest', () => ({ judgeContest: () => null })),
    world: { rivals: 'reverting', settings: CONTESTED },
    seed: 58,
    breaks: /is repaired 3 times within the window/,
  },
  {
    guard: 'a repair that VoiceLink swallows is given up',
    without: off('engine/src/writes/contest', () => ({ judgeContest: () => null })),
    world: { rivals: 'deaf', settings: CONTESTED },
    seed: 58,
    breaks: /is repaired 3 times within the window/,
  },
  {
    guard: 'a contest is told once',
    without: off('engine/src/verdicts/repair-turn', ({ repairTurn }) => ({
      repairTurn: (claimed, current, outcome, now) => {
        const turn = repairTurn({ ...claimed, repairs: { ...claimed.repairs, contest: null } }, current, outcome, now);
        return turn === null ? null : { ...turn, repairs: claimed.repairs };
      },
    })),
    world: { rivals: 'reverting', settings: CONTESTED },
    seed: 275,
    breaks: /is told to be contested twice/,
  },
  {
    guard: 'what is paused is not written to',
    without: off('domain/src/steering/pauses', () => ({ standingPauses: () => [] })),
    world: { season: 'spring in Berlin' },
    seed: 4,
    breaks: /is taken although it is paused/,
  },
  {
    guard: 'a maintenance window keeps writes back',
    without: off('domain/src/steering/windows', () => ({ closedWindows: () => null })),
    world: { season: 'spring in New York' },
    seed: 1,
    breaks: /is taken although the maintenance window is on/,
  },
  ...(['spring in Berlin', 'spring in New York', 'autumn in New York'] as const).map((season): Guard => ({
    guard: `a maintenance window keeps to the clock of its zone, ${season}`,
    without: off('domain/src/steering/window-calendar', ({ lastStretch, nextBegin }) => ({
      lastStretch: (window, at) => lastStretch(atFixedOffset(window), at),
      nextBegin: (window, after) => nextBegin(atFixedOffset(window), after),
    })),
    world: { season },
    seed: 1,
    breaks: /is taken although the maintenance window is on/,
  })),
  {
    guard: 'what waits for a known time is woken then',
    without: off('testing/src/stores/in-memory-binding-queue', ({ InMemoryBindingQueue }) => ({
      InMemoryBindingQueue: class extends InMemoryBindingQueue {
        override nextDueInMs = (): Promise<null> => Promise.resolve(null);
      },
    })),
    world: { season: 'spring in Berlin' },
    seed: 14,
    breaks: /sleeps although it waited until/,
  },
  {
    guard: 'a verdict that alternates is told once',
    without: off('engine/src/verdicts/flapping', () => ({
      flapTurn: ({ flap }) => ({ memory: flap, begun: null }),
    })),
    world: { blinks: true, settings: FLAPPING },
    seed: 1,
    breaks: /is told to have come back 3 times within the window/,
  },
  {
    guard: 'the end of a flapping tells what it came to',
    without: off('engine/src/verdicts/flap-end', ({ flapEnd }) => ({
      flapEnd: (scope, locked) => {
        const end = flapEnd(scope, locked);
        if (end === null) return null;
        const eventSeq = locked.eventSeq + 1;
        return { after: { ...end.after, eventSeq }, events: end.events.slice(0, 1) };
      },
    })),
    world: { blinks: true, settings: FLAPPING },
    seed: 1,
    breaks: /is told to be .*, and is /,
  },
  {
    guard: 'a flapping ends by itself, in time',
    without: off('testing/src/stores/in-memory-key-states', ({ InMemoryKeyStates }) => ({
      InMemoryKeyStates: class extends InMemoryKeyStates {
        override nextFlapEndInMs = (): Promise<null> => Promise.resolve(null);
      },
    })),
    world: { blinks: true, settings: FLAPPING },
    seed: 4,
    breaks: /flaps on although it was to end at/,
  },
];
