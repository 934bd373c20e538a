import { randomUUID } from 'node:crypto';
import { isCallOver, type KnownOfCall, type PartnerId } from '@dialtone/domain';
import { heardByAnswer, heardTurn } from '@dialtone/engine';
import {
  CALLER_IDS,
  type CalledBack,
  type CallHandover,
  type CallLimits,
  type CallRefusal,
  type CallStore,
  type CallVariables,
  type CallView,
  type HeardResult,
  type NewCall,
} from '@dialtone/persistence';
import type { MemoryTelephony } from './memory-telephony';

/** Calls without a database; they pass the contract of the store on PostgreSQL. */
export class MemoryCalls implements CallStore {
  readonly rows: NewCall[] = [];
  private readonly kept = new Map<string, KeptCall>();
  readonly handovers = new Map<string, CallHandover>();
  /** Thrown instead of noting a handover. */
  failure: Error | null = null;
  /** What the limits say to the next call, and what they were asked with. */
  refusal: CallRefusal | null = null;
  limits: CallLimits | undefined;

  constructor(private readonly telephony: MemoryTelephony) {}

  clear(): void {
    this.rows.length = 0;
    this.handovers.clear();
    this.kept.clear();
    this.lookedFor.length = 0;
    this.lost.clear();
    this.failure = null;
    this.refusal = null;
  }

  /** What is known of a call. Throws for one that was not recorded. */
  known(callId: string): KnownOfCall {
    const kept = this.kept.get(callId);
    if (kept === undefined) throw new Error(`There is no call ${callId}.`);
    return kept.known;
  }

  record: CallStore['record'] = async ({ partnerId, connectionId, agentId, toNumber, limits, variables = {} }) => {
    this.limits = limits;
    const connection = await this.telephony.connections.find(partnerId, connectionId);
    if (connection?.status !== 'ACTIVE') return { kind: 'connection_not_found' };
    if (this.telephony.agents.find(partnerId, agentId) === undefined) return { kind: 'agent_not_found' };
    const usable = this.telephony.numbers
      .filter((row) => row.connectionId === connectionId && row.status === 'ACTIVE')
      .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || a.createdAt.getTime() - b.createdAt.getTime());
    const isAgentFirst = CALLER_IDS[connection.provider] === 'agent_first';
    const bound = usable.find((row) => isAgentFirst && row.agent?.id === agentId);
    const callerId = bound ?? usable.find((row) => row.isDefault);
    if (callerId === undefined) return { kind: 'no_caller_id' };
    if (this.refusal !== null) return this.refusal;
    const call: NewCall = {
      id: randomUUID(),
      sessionId: randomUUID(),
      connectionId,
      provider: connection.provider,
      agentId,
      fromNumber: callerId.phoneNumber,
      fromKey: callerId.key,
      toNumber,
      status: 'pending',
    };
    this.rows.push(call);
    const callbackToken = randomUUID();
    this.kept.set(call.id, { call, partnerId, callbackToken, variables, createdAt: Date.now(), known: RECORDED });
    return { kind: 'recorded', call, callbackToken };
  };

  noteHandover: CallStore['noteHandover'] = async (callId, handover) => {
    if (this.failure !== null) throw this.failure;
    if (this.handovers.has(callId)) return;
    this.handovers.set(callId, handover);
    const status = this.kept.get(callId)?.known.status ?? 'pending';
    await this.noteHeard(callId, heardByAnswer(handover, status, Date.now()));
  };

  page: CallStore['page'] = ({ partnerId, limit, offset, ...filter }) => {
    const { status, agentId, connectionId, provider } = filter;
    const items = [...this.kept.values()]
      .filter((kept) => kept.partnerId === partnerId)
      .map((kept) => this.viewOf(kept))
      .filter((view) => (status ?? view.status) === view.status && (agentId ?? view.agentId) === view.agentId)
      .filter((view) => (connectionId ?? view.connectionId) === view.connectionId)
      .filter((view) => (provider ?? view.provider) === view.provider)
      .reverse();
    return Promise.resolve({ items: items.slice(offset, offset + limit), total: items.length });
  };

  find: CallStore['find'] = (partnerId, callId) => {
    const kept = this.kept.get(callId);
    return Promise.resolve(kept?.partnerId === partnerId ? this.viewOf(kept) : null);
  };

  /** What was made due for a look. */
  readonly lookedFor: string[] = [];
  /** Calls that are given up. */
  readonly lost = new Set<string>();

  lookWithin: CallStore['lookWithin'] = (callId) => {
    this.lookedFor.push(callId);
    return Promise.resolve();
  };

  private viewOf({ call, known, createdAt }: KeptCall): CallView {
    const handover = this.handovers.get(call.id);
    return {
      ...call,
      status: known.status,
      known,
      createdAt: new Date(createdAt),
      handover: handover?.kind ?? 'sending',
      reason: handover === undefined || handover.kind === 'accepted' ? null : handover.reason,
      isLost: this.lost.has(call.id),
    };
  }

  byCallbackToken: CallStore['byCallbackToken'] = (token) => {
    const kept = [...this.kept.values()].find(({ callbackToken }) => callbackToken === token);
    return Promise.resolve(kept === undefined ? null : calledBack(kept));
  };

  noteHeard: CallStore['noteHeard'] = (callId, heard) => {
    const kept = this.kept.get(callId);
    if (kept === undefined) return Promise.resolve<HeardResult>({ kind: 'no_such_call' });
    const { call, partnerId, createdAt } = kept;
    const turn = heardTurn({ ...call, partnerId, createdAt, known: kept.known }, heard, Date.now());
    this.kept.set(callId, { ...kept, known: turn.known });
    const kind = turn.isNew ? 'noted' : 'known';
    return Promise.resolve({ kind, before: kept.known.status, status: turn.known.status, end: turn.end });
  };
}

interface KeptCall {
  readonly call: NewCall;
  readonly partnerId: PartnerId;
  readonly callbackToken: string;
  readonly variables: CallVariables;
  readonly createdAt: number;
  readonly known: KnownOfCall;
}

const RECORDED: KnownOfCall = {
  status: 'pending',
  carrierId: null,
  answeredAt: null,
  endedAt: null,
  durationSeconds: null,
  errorMessage: null,
};

const calledBack = ({ call, partnerId, variables, known }: KeptCall): CalledBack => {
  const { status, carrierId } = known;
  return { ...call, partnerId, carrierId, status, variables: isCallOver(status) ? {} : variables };
};
