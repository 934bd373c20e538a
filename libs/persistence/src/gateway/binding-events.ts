import type { BindingDeclarationData } from '@dialtone/contracts';
import { type Binding, phoneNumberOf } from '@dialtone/domain';
import { firstRow, ms, type Queryable } from '../db';
import { nextEventSeq } from '../engine/key-rows';
import { appendEvents } from '../events/new-event';

type DeclarationType = 'dialtone.binding.declared.v1' | 'dialtone.binding.updated.v1' | 'dialtone.binding.deleted.v1';

/** Logs what is (or was) declared; the caller holds the DID's row. */
export const logDeclaration = async (
  db: Queryable,
  type: DeclarationType,
  binding: Binding,
  actor: string,
): Promise<void> => {
  const { connectionId, key } = binding;
  const seq = await nextEventSeq(db, connectionId, key);
  const time = await firstRow<{ now: number }>(db, `select ${ms('clock_timestamp()')} as now`);
  const data: BindingDeclarationData = {
    connection_id: connectionId,
    partner_id: binding.partnerId,
    key,
    phone_number: phoneNumberOf(key),
    seq,
    occurred_at: new Date(time?.now ?? 0).toISOString(),
    binding_id: binding.id,
    generation: binding.generation,
    agent_id: binding.agentId,
    client_id: binding.clientId,
    bot_name: binding.botName,
    mode: binding.mode,
    actor,
  };
  await appendEvents(db, [{ type, connection_id: connectionId, key, seq, data }]);
};
