import { undoThrough, useOwner } from '@dialtone/persistence/testing';
import { migrate } from '../migrate';
import { rekeyedNumbers } from '../rekey/rekeyed-numbers';
import { NumberKeys1764400000000 } from './1764400000000-number-keys';

const uuid = (kind: number, nth: number): string => `${String(kind)}0000000-0000-4000-8000-00000000000${String(nth)}`;
const [PARTNER, STRANGER] = [uuid(1, 1), uuid(1, 2)];
const [VOICELINK, CARRIER, THEIRS] = [uuid(2, 1), uuid(2, 2), uuid(2, 3)];
const [AGENT, THEIR_AGENT] = [uuid(3, 1), uuid(3, 2)];
const DRIFT = uuid(9, 1);
const K = '918011223344';

/** Rows from the former rules by length: one number under three keys, one of Singapore, and a correct one. */
const OLD_ROWS = `
insert into partners (id, name) values ('${PARTNER}', 'Acme'), ('${STRANGER}', 'Other');
insert into agents (id, partner_id, name) values ('${AGENT}', '${PARTNER}', 'a'), ('${THEIR_AGENT}', '${STRANGER}', 'a');
insert into connections (id, partner_id, provider, name, sweep_due_at) values
  ('${VOICELINK}', '${PARTNER}', 'voicelink', 'v', 'infinity'), ('${CARRIER}', '${PARTNER}', 'vobiz', 'c', 'infinity'),
  ('${THEIRS}', '${STRANGER}', 'voicelink', 't', 'infinity');
insert into dids (connection_id, key, state, issues, drift_id, drift_opened_at, drift_issues, event_seq) values
  ('${VOICELINK}', '${K}', 'READY', '[]', null, null, null, 7),
  ('${VOICELINK}', '9108011223344', 'REMOTE_DID_DELETED', '["REMOTE_DID_DELETED"]', '${DRIFT}', '2026-01-01', '["REMOTE_DID_DELETED"]', 3),
  ('${VOICELINK}', '9108099999999', 'READY', '[]', null, null, null, 1),
  ('${VOICELINK}', '918000000001', 'READY', '[]', null, null, null, 1),
  ('${THEIRS}', '9108011223344', 'READY', '[]', null, null, null, 1);
insert into bindings (id, partner_id, connection_id, key, agent_id, mode, generation, observed_generation, outcome, due_at, created_at) values
  ('${uuid(4, 1)}', '${PARTNER}', '${VOICELINK}', '${K}', '${AGENT}', 'enforce', 2, 2, 'settled', 'infinity', '2026-02-01'),
  ('${uuid(4, 2)}', '${PARTNER}', '${VOICELINK}', '9108011223344', '${AGENT}', 'observe', 5, 5, 'settled', 'infinity', '2026-01-01'),
  ('${uuid(4, 3)}', '${PARTNER}', '${VOICELINK}', '9108099999999', '${AGENT}', 'enforce', 4, 4, 'settled', 'infinity', '2026-01-01'),
  ('${uuid(4, 4)}', '${PARTNER}', '${VOICELINK}', '918000000001', '${AGENT}', 'enforce', 1, 1, 'settled', 'infinity', '2026-01-01'),
  ('${uuid(4, 5)}', '${STRANGER}', '${THEIRS}', '9108011223344', '${THEIR_AGENT}', 'enforce', 1, 1, 'settled', 'infinity', '2026-01-01');
insert into binding_tombstones (partner_id, key, generation) values
  ('${PARTNER}', '9108077777777', 9), ('${PARTNER}', '918077777777', 3);
insert into phone_numbers (id, partner_id, connection_id, key, phone_number, agent_id, is_default, inbound_enabled, created_at) values
  ('${uuid(5, 1)}', '${PARTNER}', '${VOICELINK}', '${K}', null, null, false, false, '2026-02-01'),
  ('${uuid(5, 2)}', '${PARTNER}', '${VOICELINK}', '9108011223344', null, '${AGENT}', true, true, '2026-01-01'),
  ('${uuid(5, 3)}', '${PARTNER}', '${CARRIER}', '9108011223344', '+9108011223344', null, true, false, '2026-01-01'),
  ('${uuid(5, 4)}', '${STRANGER}', '${THEIRS}', '${K}', null, null, false, true, '2025-01-01'),
  ('${uuid(5, 5)}', '${PARTNER}', '${CARRIER}', '6561234567', '+6561234567', null, false, true, '2026-01-01'),
  ('${uuid(5, 6)}', '${PARTNER}', '${CARRIER}', '56767', '56767', null, false, true, '2026-01-01');
insert into upstream_writes (connection_id, key, actor, step, target, generation, body, lease_epochs) values
  ('${VOICELINK}', '9108011223344', 'reconciler', 'ensure_bot', 't', 1, '{}', '{}');
`;

describe('numbers that had a key for each spelling', () => {
  const owner = useOwner();
  let ran: readonly string[];
  beforeAll(async () => {
    await undoThrough(owner.source, new NumberKeys1764400000000());
    await owner.source.query(OLD_ROWS);
    ran = await migrate(owner.source);
  });
  const table = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await owner.source.query<Record<string, unknown>[]>(sql)).map((row) => Object.values(row));

  it('keep one declaration per partner: the one that VoiceLink met, with a generation that none had', async () => {
    const found = await table(`select id, key, mode, generation, outcome, due_at <= now() from bindings order by id`);
    expect(found).toEqual([
      [uuid(4, 1), K, 'enforce', '6', 'pending', true],
      [uuid(4, 3), '918099999999', 'enforce', '4', 'pending', true],
      [uuid(4, 4), '918000000001', 'enforce', '1', 'settled', false],
      [uuid(4, 5), K, 'enforce', '1', 'pending', true],
    ]);
  });

  it('know nothing of a new key, keep what is known of others, and sweep at once', async () => {
    expect(await table(`select connection_id, key, state from dids order by 1, 2`)).toEqual([
      [VOICELINK, '918000000001', 'READY'],
      [VOICELINK, K, 'READY'],
      [VOICELINK, '918099999999', 'UNKNOWN'],
      [THEIRS, K, 'UNKNOWN'],
    ]);
    expect(await table(`select name from connections where sweep_due_at <= now() order by 1`)).toEqual([['t'], ['v']]);
  });

  it('keep one local row per connection, with what it lacked, and one that takes the inbound calls', async () => {
    const found = await table(
      `select id, key, phone_number, agent_id, is_default, inbound_enabled from phone_numbers order by id`,
    );
    expect(found).toEqual([
      [uuid(5, 1), K, null, AGENT, true, false],
      [uuid(5, 3), K, '+9108011223344', null, true, false],
      [uuid(5, 4), K, null, null, false, true],
      [uuid(5, 5), '006561234567', '+6561234567', null, false, true],
      [uuid(5, 6), '56767', '56767', null, false, true],
    ]);
  });

  it('keep the highest generation of what was removed, and their journal', async () => {
    expect(await table(`select key, generation from binding_tombstones`)).toEqual([['918077777777', '9']]);
    expect(await table(`select key from upstream_writes`)).toEqual([[K]]);
  });

  it('tell what became of them, in order per number', async () => {
    const found = await table(`select connection_id, key, type, seq, data->>'generation' from event_log order by id`);
    expect(found).toEqual(
      expect.arrayContaining([
        [VOICELINK, '9108011223344', 'dialtone.drift.resolved.v1', '4', null],
        [VOICELINK, '9108011223344', 'dialtone.binding.deleted.v1', '5', '5'],
        [VOICELINK, '9108099999999', 'dialtone.binding.deleted.v1', '2', '4'],
        [THEIRS, '9108011223344', 'dialtone.binding.deleted.v1', '2', '1'],
        [VOICELINK, '918099999999', 'dialtone.binding.declared.v1', '1', '4'],
        [THEIRS, K, 'dialtone.binding.declared.v1', '1', '1'],
        [VOICELINK, K, 'dialtone.binding.updated.v1', '8', '6'],
      ]),
    );
    expect(found).toHaveLength(7);
  });

  it('are named by the command that migrates, once', async () => {
    const named = await rekeyedNumbers(owner.source, ran);
    expect(named).toHaveLength(7);
    expect(named[0]).toEqual({
      table_name: 'bindings',
      action: 'merged',
      connection_id: VOICELINK,
      old_key: '9108011223344',
      new_key: K,
      kept_id: uuid(4, 1),
    });
    expect(await rekeyedNumbers(owner.source, await migrate(owner.source))).toEqual([]);
  });

  it('report what was merged, moved and silenced', async () => {
    const found = await table(
      `select table_name, action, connection_id, old_key, new_key, kept_id, content->>'id' from number_rekeys order by id`,
    );
    expect(found).toEqual([
      ['bindings', 'merged', VOICELINK, '9108011223344', K, uuid(4, 1), uuid(4, 2)],
      ['bindings', 'moved', THEIRS, '9108011223344', K, uuid(4, 5), null],
      ['bindings', 'moved', VOICELINK, '9108099999999', '918099999999', uuid(4, 3), null],
      ['phone_numbers', 'merged', VOICELINK, '9108011223344', K, uuid(5, 1), uuid(5, 2)],
      ['phone_numbers', 'inbound_disabled', VOICELINK, K, K, uuid(5, 4), uuid(5, 1)],
      ['phone_numbers', 'moved', CARRIER, '6561234567', '006561234567', uuid(5, 5), null],
      ['phone_numbers', 'moved', CARRIER, '9108011223344', K, uuid(5, 3), null],
    ]);
  });
});
