import type { AgentId, ConnectionId, DidKey, LocalPhoneNumber, PartnerId } from '@dialtone/domain';
import type { PhoneNumbers } from '@dialtone/engine';
import { firstRow, hit, type Queryable, rows, text } from '../db';

// An agent that was deleted counts as none: the row then needs a new one.
const SELECT = `
  select p.id, p.key, a.id as "agentId", a.name as "agentName"
    from phone_numbers p left join agents a on a.id = p.agent_id and a.deleted_at is null
   where p.connection_id = $1`;

type ImportInput = Parameters<PhoneNumbers['import']>[0];

export class PhoneNumberStore implements PhoneNumbers {
  constructor(private readonly db: Queryable) {}

  async byConnection(connectionId: ConnectionId): Promise<ReadonlyMap<DidKey, LocalPhoneNumber>> {
    const found = await rows<LocalPhoneNumber>(this.db, SELECT, [connectionId]);
    return new Map(found.map((row) => [row.key, row]));
  }

  find(connectionId: ConnectionId, key: DidKey): Promise<LocalPhoneNumber | null> {
    return firstRow<LocalPhoneNumber>(this.db, `${SELECT} and p.key = $2`, [connectionId, key]);
  }

  async import(input: ImportInput): Promise<LocalPhoneNumber> {
    const existing = await this.find(input.connectionId, input.key);
    if (existing !== null) return existing;
    await this.insert(
      input,
      `not exists (select 1 from phone_numbers where key = $3 and status = 'ACTIVE' and inbound_enabled)`,
    );
    const inserted = await this.find(input.connectionId, input.key);
    if (inserted !== null) return inserted;
    // Another connection was enabled for inbound calls of this number in between: this one is for outbound calls only.
    await this.insert(input, 'false');
    const outbound = await this.find(input.connectionId, input.key);
    if (outbound === null) throw new Error(`The local row of ${input.key} could not be written.`);
    return outbound;
  }

  async assignAgent(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly agentId: AgentId;
  }): Promise<boolean> {
    const parameters = [input.partnerId, input.connectionId, input.key, input.agentId];
    const target = `p.partner_id = $1 and p.connection_id = $2 and p.key = $3
      and a.id = $4 and a.partner_id = $1 and a.deleted_at is null`;
    await this.db.query(
      `update phone_numbers p set agent_id = a.id, updated_at = now() from agents a
        where ${target} and p.agent_id is distinct from a.id`,
      parameters,
    );
    return hit(this.db, `select 1 from phone_numbers p join agents a on p.agent_id = a.id where ${target}`, parameters);
  }

  private async insert(input: ImportInput, inboundEnabled: string): Promise<void> {
    await this.db.query(
      `insert into phone_numbers (partner_id, connection_id, key, friendly_name, inbound_enabled)
       values ($1, $2, $3, $4, ${inboundEnabled}) on conflict do nothing`,
      [input.partnerId, input.connectionId, input.key, text(input.friendlyName)],
    );
  }
}
