import type { CallStatus, ConnectionId, HeardOfCall, KnownOfCall, PartnerId } from '@dialtone/domain';
import { anAgentId } from '@dialtone/testing';
import { heardByAnswer, heardTurn, recordedTurn, type CallIdentity, type CallTurn } from './call-turn';

const CREATED = Date.parse('2026-11-21T10:00:00.000Z');
const NOW = CREATED + 60_000;
const CALL: CallIdentity = {
  id: 'c1234567-abcd-4234-8bcd-123456789012',
  sessionId: '51234567-abcd-4234-8bcd-123456789012',
  partnerId: '0a9d6f5e-8d55-4f0b-8a34-6f7f5b0c9d21' as PartnerId,
  connectionId: '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10' as ConnectionId,
  agentId: anAgentId(),
  provider: 'plivo',
  fromNumber: '+918011223344',
  createdAt: CREATED,
};
const KNOWN: KnownOfCall = {
  status: 'ringing',
  carrierId: 'u-1',
  answeredAt: null,
  endedAt: null,
  durationSeconds: null,
  errorMessage: null,
};
const hear = (heard: Partial<HeardOfCall>, known: Partial<KnownOfCall> = {}): CallTurn =>
  heardTurn(
    { ...CALL, known: { ...KNOWN, ...known } },
    { source: 'callback', status: 'ringing', at: NOW, ...heard },
    NOW,
  );

describe('what is heard of a call', () => {
  it('is told once, with all that is known and without the called number', () => {
    const turn = hear({ status: 'completed', durationSeconds: 50 });
    expect(turn).toMatchObject({ isNew: true, isOver: true, watch: { lookInMs: null, activeForMs: 0 } });
    expect(turn.events).toEqual([
      {
        type: 'dialtone.call.changed.v1',
        connection_id: CALL.connectionId,
        key: null,
        seq: null,
        data: {
          connection_id: CALL.connectionId,
          partner_id: CALL.partnerId,
          call_id: CALL.id,
          session_id: CALL.sessionId,
          agent_id: CALL.agentId,
          provider: 'plivo',
          from_number: '+918011223344',
          status: 'completed',
          started_at: '2026-11-21T10:00:10.000Z',
          ended_at: '2026-11-21T10:01:00.000Z',
          duration_seconds: 50,
          previous_status: 'ringing',
          occurred_at: '2026-11-21T10:01:00.000Z',
        },
      },
    ]);
    expect(hear({ status: 'completed', durationSeconds: 50 }, turn.known).events).toEqual([]);
  });

  it('is told when the call is recorded', () => {
    const { watch, events } = recordedTurn(CALL);
    expect(events.map(({ data }) => data)).toEqual([expect.objectContaining({ status: 'pending', call_id: CALL.id })]);
    expect(events[0]?.data).not.toHaveProperty('previous_status');
    expect(watch.lookInMs).toBeGreaterThan(0);
  });

  it("is not told when it is only the carrier's id, which partners do not see", () => {
    const turn = hear({ carrierId: 'u-1' }, { carrierId: null });
    expect([turn.isNew, turn.known.carrierId, turn.events]).toEqual([true, 'u-1', []]);
  });

  it('starts the watch again, but for a poll that tells what is known', () => {
    expect([hear({}).isHeard, hear({ source: 'poll' }).isHeard]).toEqual([true, false]);
    expect(hear({ source: 'poll', status: 'in_progress' }).isHeard).toBe(true);
  });

  it.each<{ name: string; given: Partial<HeardOfCall>; want: Partial<KnownOfCall> }>([
    { name: 'a time before the call', given: { status: 'busy', at: 0 }, want: { endedAt: CREATED } },
    { name: 'a time in the future', given: { status: 'busy', at: NOW + 1 }, want: { endedAt: NOW } },
    { name: 'no time', given: { status: 'busy', at: Number.NaN }, want: { endedAt: NOW } },
    { name: 'a part of a second', given: { status: 'completed', durationSeconds: 1.6 }, want: { durationSeconds: 2 } },
    {
      name: 'a negative duration',
      given: { status: 'completed', durationSeconds: -1 },
      want: { durationSeconds: null },
    },
    {
      name: 'a duration of years',
      given: { status: 'completed', durationSeconds: 1e9 },
      want: { durationSeconds: null },
    },
    { name: 'no number', given: { status: 'completed', durationSeconds: Number.NaN }, want: { durationSeconds: null } },
    { name: 'a novel', given: { status: 'failed', error: 'x'.repeat(9_000) }, want: { errorMessage: 'x'.repeat(500) } },
    { name: 'an id that is none', given: { carrierId: '' }, want: { carrierId: null } },
    { name: 'an id without end', given: { carrierId: 'x'.repeat(201) }, want: { carrierId: null } },
  ])('is kept within bounds: $name', ({ given, want }) => {
    expect(hear(given, { carrierId: null }).known).toMatchObject(want);
  });
});

describe('the answer to the request for a call', () => {
  it.each<{
    name: string;
    answer: Parameters<typeof heardByAnswer>[0];
    status: CallStatus;
    want: Partial<HeardOfCall>;
  }>([
    {
      name: 'names the call',
      answer: { kind: 'accepted', carrierId: 'u-1' },
      status: 'pending',
      want: { status: 'pending', carrierId: 'u-1', error: null },
    },
    {
      name: 'ends a refused one',
      answer: { kind: 'refused', reason: 'no' },
      status: 'pending',
      want: { status: 'failed', error: 'no' },
    },
    {
      name: 'says nothing of one that rings, although it is refused',
      answer: { kind: 'refused', reason: 'no' },
      status: 'ringing',
      want: { status: 'pending', error: null },
    },
    {
      name: 'says nothing when it is not known',
      answer: { kind: 'unknown', reason: 'time-out' },
      status: 'pending',
      want: { status: 'pending', carrierId: null, error: null },
    },
  ])('$name', ({ answer, status, want }) => {
    expect(heardByAnswer(answer, status, NOW)).toMatchObject({ source: 'answer', at: NOW, ...want });
  });
});
