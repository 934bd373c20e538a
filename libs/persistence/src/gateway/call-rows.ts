import { createHash, randomBytes } from 'node:crypto';
import type { AgentId, CallStatus, ConnectionId, KnownOfCall, PartnerId } from '@dialtone/domain';
import type { CallIdentity } from '@dialtone/engine';
import { ms } from '../db';
import type { CallRow, CallView } from './call-store';
import type { TelephonyProvider } from './telephony-providers';

/** 256 bits: no one guesses it, and it fits into a URL. */
export const newCallbackToken = (): string => randomBytes(32).toString('base64url');

/** Who reads the database cannot speak for a carrier. */
export const digestOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A row of `calls` with times in epoch ms. */
export interface StoredCall {
  readonly id: string;
  readonly session_id: string;
  readonly partner_id: PartnerId;
  readonly connection_id: ConnectionId;
  readonly agent_id: AgentId;
  readonly provider: TelephonyProvider;
  readonly from_number: string;
  readonly to_number: string;
  readonly status: CallStatus;
  readonly carrier_id: string | null;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly duration_seconds: number | null;
  readonly error_message: string | null;
  readonly created_at: number;
}

export const CALL_COLUMNS = `id, session_id, partner_id, connection_id, agent_id, provider, from_number, to_number, status, carrier_id,
  ${ms('answered_at')} as answered_at, ${ms('ended_at')} as ended_at, duration_seconds, error_message,
  ${ms('created_at')} as created_at`;

export const knownOf = (row: StoredCall): KnownOfCall => ({
  status: row.status,
  carrierId: row.carrier_id,
  answeredAt: row.answered_at,
  endedAt: row.ended_at,
  durationSeconds: row.duration_seconds,
  errorMessage: row.error_message,
});

export const identityOf = (row: StoredCall): CallIdentity => ({
  id: row.id,
  sessionId: row.session_id,
  partnerId: row.partner_id,
  connectionId: row.connection_id,
  agentId: row.agent_id,
  provider: row.provider,
  fromNumber: row.from_number,
  createdAt: row.created_at,
});

export const toCallRow = (row: StoredCall): CallRow => ({
  id: row.id,
  sessionId: row.session_id,
  connectionId: row.connection_id,
  provider: row.provider,
  agentId: row.agent_id,
  fromNumber: row.from_number,
  toNumber: row.to_number,
  status: row.status,
});

export type ViewedCall = StoredCall & Pick<CallView, 'handover' | 'reason'> & { readonly is_lost: boolean };

export const VIEW_COLUMNS = `${CALL_COLUMNS}, handover, reason, lost_at is not null as is_lost`;

export const toCallView = (row: ViewedCall): CallView => ({
  ...toCallRow(row),
  known: knownOf(row),
  createdAt: new Date(row.created_at),
  handover: row.handover,
  reason: row.reason,
  isLost: row.is_lost,
});
