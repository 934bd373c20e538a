import type { NewEvent } from '@dialtone/contracts';
import { ISSUES, NOTHING_SEEN, type ConnectionId, type DriftId, type PartnerId } from '@dialtone/domain';
import { aDidKey, anAgentId, anyMemory, expectSoundEvents, OBSERVED_AT, updateOf } from '@dialtone/testing';
import * as fc from 'fast-check';
import { type LockedKey, neverSeen } from './locked-key';
import { transition } from './transition';
import { NO_VERDICT, verdictEnd } from './verdict-end';

const KEY = aDidKey('918011223344');
const SCOPE = {
  connectionId: '00000000-0000-4000-9000-0000000000aa' as ConnectionId,
  partnerId: '00000000-0000-4000-9000-0000000000bb' as PartnerId,
  now: OBSERVED_AT + 1_000,
  mintDriftId: () => '00000000-0000-4000-9000-0000000000cc' as DriftId,
};

const anySeen = fc.record({
  issues: fc.subarray([...ISSUES]),
  isComplete: fc.boolean(),
  presence: anyMemory,
});
/** A row after some looks; the last of them may not have been complete. */
const anyRow: fc.Arbitrary<LockedKey> = fc.array(anySeen, { maxLength: 4 }).map((history) =>
  history.reduce((row, { issues, isComplete, presence }, nth) => {
    const seen = { issues, at: OBSERVED_AT + nth, facts: String(nth), observation: { presence } };
    const update = updateOf(KEY, { ...seen, ...(!isComplete && { incomplete: true }) });
    return transition(SCOPE, row, update)?.after ?? row;
  }, neverSeen(KEY)),
);

const rowAfter = (seen: Parameters<typeof updateOf>[1]): LockedKey => {
  const made = transition(SCOPE, neverSeen(KEY), updateOf(KEY, seen));
  if (made === null) throw new Error('A first verdict is stored.');
  return made.after;
};
const named = (events: readonly NewEvent[]): readonly string[] => events.map(({ type }) => type);

describe('what a disconnect makes of a verdict', () => {
  it('is the end of the verdict and of its drift, each told once with the reason, and nothing where there is none', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const { stored, eventSeq } = row;
        const end = verdictEnd(SCOPE, row, 'disconnected');
        expect(end === null).toBe(stored.state === 'UNKNOWN');
        if (end === null) return;
        expect(named(end.events)).toEqual([
          'dialtone.readiness.changed.v1',
          ...(stored.drift === null ? [] : ['dialtone.drift.resolved.v1']),
        ]);
        expect(end.events.map(({ seq }) => seq)).toEqual(end.events.map((_, nth) => eventSeq + nth + 1));
        expect(end.after.eventSeq).toBe(eventSeq + end.events.length);
        for (const { data } of end.events) {
          expect(data).toMatchObject({ state: 'UNKNOWN', issues: [], action_items: [], reason: 'disconnected' });
        }
        expectSoundEvents(end.events);
      }),
    );
  });

  it('leaves when it was seen last, and nothing to take up again', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const end = verdictEnd(SCOPE, row, 'disconnected');
        if (end === null) return;
        const { key, observedAt, declared } = row.stored;
        expect(end.after.stored).toEqual({ ...NO_VERDICT, presence: NOTHING_SEEN, key, observedAt, declared });
        expect(end.after.stored).toMatchObject({ state: 'UNKNOWN', stale: true, drift: null, presence: NOTHING_SEEN });
        expect(verdictEnd(SCOPE, end.after, 'disconnected')).toBeNull();
      }),
    );
  });

  it('tells of the drift what was open, and of VoiceLink nothing that is not known any more', () => {
    const broken = rowAfter({ issues: ['NO_BOT', 'ROUTING_MISSING'] });
    const agentId = anAgentId();
    const row = {
      ...broken,
      stored: {
        ...broken.stored,
        declared: { agentId, clientId: 7, botName: null, websocketUrl: null, madeBotId: null },
      },
    };
    const [changed, resolved] = verdictEnd(SCOPE, row, 'disconnected')?.events ?? [];
    expect(changed?.data).toEqual(
      expect.objectContaining({ previous_state: 'NO_BOT', declared: true, agent_id: agentId }) as unknown,
    );
    expect(changed?.data).not.toHaveProperty('drift_id');
    expect(resolved?.data).toMatchObject({
      drift_id: broken.stored.drift?.id,
      previous_issues: ['NO_BOT', 'ROUTING_MISSING'],
      resolved_at: new Date(SCOPE.now).toISOString(),
    });
    for (const id of ['did_id', 'client_id', 'routing_id', 'bot_id']) expect(resolved?.data).not.toHaveProperty(id);
  });
});
