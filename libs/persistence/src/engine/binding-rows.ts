import type { AgentId, Binding, BindingId, BindingMode, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';

export interface BindingRow {
  readonly id: BindingId;
  readonly partner_id: PartnerId;
  readonly connection_id: ConnectionId;
  readonly key: DidKey;
  readonly agent_id: AgentId;
  readonly client_id: string | null;
  readonly bot_name: string | null;
  readonly websocket_url: string | null;
  readonly mode: BindingMode;
  readonly generation: string;
}

/** Of `bindings b`. */
export const BINDING_COLUMNS = `b.id, b.partner_id, b.connection_id, b.key, b.agent_id, b.client_id, b.bot_name,
  b.websocket_url, b.mode, b.generation`;

export const toBinding = (row: BindingRow): Binding => ({
  id: row.id,
  partnerId: row.partner_id,
  connectionId: row.connection_id,
  key: row.key,
  agentId: row.agent_id,
  clientId: row.client_id === null ? null : Number(row.client_id),
  botName: row.bot_name,
  websocketUrl: row.websocket_url,
  mode: row.mode,
  generation: Number(row.generation),
});
