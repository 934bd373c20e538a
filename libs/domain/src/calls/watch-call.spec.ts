import { CALL_STATUSES, isCallOver, LIVE_STATUSES } from './call-status';
import { activeFor, afterSilence, silentFor, type NextLook, type SilentCall } from './watch-call';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SILENT: SilentCall = { status: 'pending', silentMs: 2 * MINUTE, looks: 1, canBeAsked: true };

describe('a call that is silent', () => {
  it.each<{ name: string; given: Partial<SilentCall>; want: NextLook }>([
    { name: 'is looked at again soon', given: {}, want: { kind: 'again', afterMs: MINUTE } },
    { name: 'is looked at more rarely', given: { looks: 4 }, want: { kind: 'again', afterMs: 8 * MINUTE } },
    { name: 'is looked at four times an hour', given: { looks: 900 }, want: { kind: 'again', afterMs: 15 * MINUTE } },
    { name: 'is lost after a day', given: { silentMs: 24 * HOUR }, want: { kind: 'lost' } },
    {
      name: 'is looked at a last time',
      given: { looks: 9, silentMs: 24 * HOUR - 1 },
      want: { kind: 'again', afterMs: 1 },
    },
    {
      name: 'waits for a callback where the carrier cannot be asked',
      given: { canBeAsked: false },
      want: { kind: 'again', afterMs: 58 * MINUTE },
    },
    { name: 'is lost after an hour then', given: { canBeAsked: false, silentMs: HOUR }, want: { kind: 'lost' } },
    {
      name: 'may last for hours once it is answered',
      given: { canBeAsked: false, status: 'in_progress', silentMs: HOUR },
      want: { kind: 'again', afterMs: 4 * HOUR },
    },
  ])('$name', ({ given, want }) => {
    expect(afterSilence({ ...SILENT, ...given })).toEqual(want);
  });

  it('is looked at, and takes up a line for longer than that, unless it is over', () => {
    for (const status of LIVE_STATUSES) expect(activeFor(status)).toBeGreaterThan(silentFor(status) ?? Infinity);
    for (const status of CALL_STATUSES.filter(isCallOver))
      expect([silentFor(status), activeFor(status)]).toEqual([null, 0]);
  });
});
