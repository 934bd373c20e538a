import { randomUUID } from 'node:crypto';
import type { CallHandover, CallLimits, CallRefusal, CallRow, CallStore } from '@dialtone/persistence';
import type { MemoryTelephony } from './memory-telephony';

/** Calls without a database; they pass the contract of the store on PostgreSQL. */
export class MemoryCalls implements CallStore {
  readonly rows: CallRow[] = [];
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
    this.failure = null;
    this.refusal = null;
  }

  record: CallStore['record'] = async ({ partnerId, connectionId, agentId, toNumber, limits }) => {
    this.limits = limits;
    const connection = await this.telephony.connections.find(partnerId, connectionId);
    if (connection?.status !== 'ACTIVE') return { kind: 'connection_not_found' };
    if (this.telephony.agents.find(partnerId, agentId) === undefined) return { kind: 'agent_not_found' };
    const usable = this.telephony.numbers
      .filter((row) => row.connectionId === connectionId && row.status === 'ACTIVE')
      .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || a.createdAt.getTime() - b.createdAt.getTime());
    const callerId = usable.find((row) => row.agent?.id === agentId) ?? usable.find((row) => row.isDefault);
    if (callerId === undefined) return { kind: 'no_caller_id' };
    if (this.refusal !== null) return this.refusal;
    const call: CallRow = {
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
    return { kind: 'recorded', call };
  };

  noteHandover: CallStore['noteHandover'] = (callId, handover) => {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (!this.handovers.has(callId)) this.handovers.set(callId, handover);
    return Promise.resolve();
  };
}
