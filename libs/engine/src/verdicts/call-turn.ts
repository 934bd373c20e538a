import type { CallChangedData, NewEvent } from '@dialtone/contracts';
import {
  activeFor,
  afterHearing,
  callTimes,
  isCallOver,
  silentFor,
  withinLife,
  type AgentId,
  type CallStatus,
  type ConnectionId,
  type HeardOfCall,
  type KnownOfCall,
  type PartnerId,
} from '@dialtone/domain';

/** What a call is, whatever becomes of it. */
export interface CallIdentity {
  readonly id: string;
  readonly sessionId: string;
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  readonly agentId: AgentId;
  readonly provider: string;
  /** The caller id as partners see it. */
  readonly fromNumber: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** How a call is watched when nothing more is heard of it. */
export interface CallWatch {
  /** When it is looked at, ms from now; null: never, it is over. */
  readonly lookInMs: number | null;
  /** For how long it counts against the limits, ms; 0: no longer. */
  readonly activeForMs: number;
}

/** How a call ended. */
export interface CallEnd {
  readonly status: CallStatus;
  /** Of a completed call, as far as it is known by then. */
  readonly durationSeconds: number | null;
}

/** What is to be stored of a call. */
export interface CallTurn {
  readonly known: KnownOfCall;
  /** Something was heard that was not known. */
  readonly isNew: boolean;
  /** Whether the watch starts again: not after a poll that tells what is known. */
  readonly isHeard: boolean;
  readonly watch: CallWatch;
  /** What the partner handed on with it is needed no more. */
  readonly isOver: boolean;
  /** How it ended, if that was not known before; null otherwise. */
  readonly end: CallEnd | null;
  readonly events: readonly NewEvent[];
}

const RECORDED: KnownOfCall = {
  status: 'pending',
  carrierId: null,
  answeredAt: null,
  endedAt: null,
  durationSeconds: null,
  errorMessage: null,
};

const watchOf = ({ status }: KnownOfCall): CallWatch => ({
  lookInMs: silentFor(status),
  activeForMs: activeFor(status),
});

/** A call that is about to be recorded, at its `createdAt`. */
export const recordedTurn = (call: CallIdentity): Pick<CallTurn, 'watch' | 'events'> => ({
  watch: watchOf(RECORDED),
  events: [changedEvent(call, RECORDED, { now: call.createdAt, previous: null })],
});

/** What hearing this at `now`, epoch ms, makes of a call. */
export const heardTurn = (
  call: CallIdentity & { readonly known: KnownOfCall },
  heard: HeardOfCall,
  now: number,
): CallTurn => {
  const before = call.known;
  const known = afterHearing(before, storable(heard, { createdAt: call.createdAt, now }));
  const isNew = known !== before;
  const isShown = JSON.stringify(shownOf(known)) !== JSON.stringify(shownOf(before));
  return {
    known,
    isNew,
    isHeard: isNew || heard.source !== 'poll',
    watch: watchOf(known),
    isOver: isCallOver(known.status),
    end: endOf(known, before.status),
    events: isShown ? [changedEvent(call, known, { now, previous: before.status })] : [],
  };
};

const endOf = (known: KnownOfCall, before: CallStatus): CallEnd | null =>
  isCallOver(before) || !isCallOver(known.status)
    ? null
    : { status: known.status, durationSeconds: callTimes(known).durationSeconds };

/** How a carrier took the request for a call. `refused`: it says that no phone rings. */
export interface CallAnswer {
  readonly kind: 'accepted' | 'refused' | 'unknown';
  readonly carrierId?: string | null;
  readonly reason?: string;
}

/** What an answer tells. A carrier that has called back about a call has not refused it, whatever it answers. */
export const heardByAnswer = (answer: CallAnswer, status: CallStatus, now: number): HeardOfCall => {
  const isRefused = answer.kind === 'refused' && status === 'pending';
  return {
    source: 'answer',
    at: now,
    status: isRefused ? 'failed' : 'pending',
    carrierId: answer.carrierId ?? null,
    error: isRefused ? (answer.reason ?? null) : null,
  };
};

const MAX_ERROR = 500;
const MAX_CARRIER_ID = 200;
const MAX_SECONDS = 7 * 86_400;

/** Numbers and texts of a carrier within bounds. */
const storable = (heard: HeardOfCall, life: { readonly createdAt: number; readonly now: number }): HeardOfCall => ({
  ...heard,
  at: withinLife(heard.at, life),
  carrierId: plausibleId(heard.carrierId ?? null),
  durationSeconds: plausibleSeconds(heard.durationSeconds ?? null),
  error: heard.error?.slice(0, MAX_ERROR) ?? null,
});

const plausibleId = (id: string | null): string | null =>
  id === null || id === '' || id.length > MAX_CARRIER_ID ? null : id;

const plausibleSeconds = (seconds: number | null): number | null =>
  seconds !== null && seconds >= 0 && seconds <= MAX_SECONDS ? Math.round(seconds) : null;

type Shown = Pick<CallChangedData, 'status' | 'started_at' | 'ended_at' | 'duration_seconds' | 'error_message'>;

/** What partners see of it. */
const shownOf = (known: KnownOfCall): Shown => {
  const { startedAt, endedAt, durationSeconds } = callTimes(known);
  return {
    status: known.status,
    ...(startedAt !== null && { started_at: isoOf(startedAt) }),
    ...(endedAt !== null && { ended_at: isoOf(endedAt) }),
    ...(durationSeconds !== null && { duration_seconds: durationSeconds }),
    ...(known.errorMessage !== null && { error_message: known.errorMessage }),
  };
};

const isoOf = (instant: number): string => new Date(instant).toISOString();

/** Does not tell the called number: whoever may know it asks for the call. */
const changedEvent = (
  call: CallIdentity,
  known: KnownOfCall,
  { now, previous }: { readonly now: number; readonly previous: CallStatus | null },
): NewEvent => ({
  type: 'dialtone.call.changed.v1',
  connection_id: call.connectionId,
  key: null,
  seq: null,
  data: {
    connection_id: call.connectionId,
    partner_id: call.partnerId,
    call_id: call.id,
    session_id: call.sessionId,
    agent_id: call.agentId,
    provider: call.provider,
    from_number: call.fromNumber,
    ...shownOf(known),
    ...(previous !== null && { previous_status: previous }),
    occurred_at: isoOf(now),
  },
});
