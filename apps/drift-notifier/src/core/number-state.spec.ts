import { EVENT_EXAMPLES, type OutboundEventType } from '@dialtone/contracts';
import fc from 'fast-check';
import { applyToNumber, type NumberEvent, type NumberState } from './number-state';

const event = (type: OutboundEventType, data: object): NumberEvent =>
  ({ id: 'any', type, data: { ...EVENT_EXAMPLES[type], ...data } }) as unknown as NumberEvent;

const FIRST = '00000000-0000-4000-8000-000000000001';
const SECOND = '00000000-0000-4000-8000-000000000002';
const detected = (seq: number, drift = FIRST) => event('dialtone.drift.detected.v1', { seq, drift_id: drift });
const resolved = (seq: number, drift = FIRST, more = {}) =>
  event('dialtone.drift.resolved.v1', { seq, drift_id: drift, ...more });
const verdict = (seq: number, drift?: string) => {
  const data = { ...EVENT_EXAMPLES['dialtone.readiness.changed.v1'] };
  const driftId = { drift_id: drift };
  return {
    id: 'any',
    type: 'dialtone.readiness.changed.v1',
    data: { ...data, seq, ...driftId },
  } as unknown as NumberEvent;
};

const follow = (events: readonly NumberEvent[]): NumberState | null =>
  events.reduce<NumberState | null>((known, one) => {
    const applied = applyToNumber(known, one);
    return applied.kind === 'applied' ? applied.state : known;
  }, null);

describe('applyToNumber', () => {
  it('opens a drift that is detected, and closes it when it is resolved', () => {
    const opened = applyToNumber(null, detected(2));
    expect(opened).toMatchObject({ kind: 'applied', opened: { driftId: FIRST }, closed: null, skipped: 0 });
    const state = follow([detected(2)]);
    const over = applyToNumber(state, resolved(3));
    expect(over).toMatchObject({
      state: { seq: 3, drift: null },
      opened: null,
      closed: { driftId: FIRST, how: 'fixed' },
    });
  });

  it('tells why a drift ended that was not repaired', () => {
    const over = applyToNumber(follow([detected(2)]), resolved(3, FIRST, { reason: 'disconnected' }));
    expect(over).toMatchObject({ closed: { how: 'disconnected' } });
  });

  it.each([
    ['an older event', 2],
    ['the same event', 5],
  ])('lets %s change nothing', (_, seq) => {
    expect(applyToNumber(follow([detected(1), resolved(5)]), detected(seq))).toEqual({ kind: 'late', since: null });
  });

  it('knows an open drift of the readiness topic alone, and when it began as soon as the drift topic tells', () => {
    const state = follow([verdict(3, FIRST)]);
    expect(state?.drift?.driftId).toBe(FIRST);
    const { opened_at: since } = EVENT_EXAMPLES['dialtone.drift.detected.v1'];
    const early = { ...state, drift: { ...state?.drift, openedAt: '2026-11-21T10:00:09.000Z' } } as NumberState;
    expect(applyToNumber(early, detected(2))).toEqual({ kind: 'late', since });
  });

  it('closes a drift whose end it missed when the next one opens', () => {
    expect(applyToNumber(follow([detected(2)]), detected(7, SECOND))).toMatchObject({
      opened: { driftId: SECOND },
      closed: { driftId: FIRST },
      skipped: 4,
    });
  });

  it('ends with what the event of the highest seq says, in whichever order events come and however often', () => {
    const story = [detected(1), verdict(2, FIRST), resolved(3), verdict(4), detected(5, SECOND), verdict(6, SECOND)];
    const shuffled = fc.array(fc.constantFrom(...story), { maxLength: 20 });
    fc.assert(
      fc.property(shuffled, (events) => {
        const highest = Math.max(0, ...events.map(({ data }) => data.seq));
        const last = events.find(({ data }) => data.seq === highest);
        expect(follow(events)?.drift?.driftId).toBe(last === undefined ? undefined : follow([last])?.drift?.driftId);
      }),
      { seed: 62, numRuns: 300 },
    );
  });
});
