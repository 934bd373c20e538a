import type { KeyObservation, RemoteBot, RemoteClient, Snapshot } from '@dialtone/domain';
import { aBot } from '@dialtone/testing';
import type { CallReadyDto, SyncDto } from '../../src/provisioning/answers.dto';
import { EMPTY_VIEW, reportOf, rowOf, SEEN_AT } from '../memory-provisioner';
import { KEY, NOW, readyObservation } from '../observations';
import { SYNC, useProvisioning } from './provisioning';

describe('provisioning', () => {
  const { gateway, sync, callReady } = useProvisioning();
  /** Answers sync with this list of VoiceLink. */
  const syncOf = (snapshot: Snapshot) => {
    gateway.world.provisioner.synced = { kind: 'synced', view: { ...EMPTY_VIEW, snapshot } };
    return sync({});
  };

  describe('what is answered', () => {
    const client: RemoteClient = {
      id: 415,
      username: 'asha.rao',
      active: true,
      raw: { id: 415, first_name: 'Asha', email: 'asha@example.com', channel_count: '5', api_token: 'hush', dids: [] },
    };
    const complete = <Row>(...rows: readonly Row[]) => ({ status: 'complete', rows }) as const;
    const wired = (): KeyObservation => readyObservation(KEY, gateway.tenant.agentId);
    const unwired = (): KeyObservation => ({ ...wired(), bots: [], routing: null });
    const show = async (observation: KeyObservation): Promise<SyncDto> => {
      const { did, bots, routing } = observation;
      const row = rowOf(observation);
      gateway.world.provisioner.synced = {
        kind: 'synced',
        view: {
          snapshot: {
            ...EMPTY_VIEW.snapshot,
            startedAt: observation.observedAt,
            clients: complete(client),
            dids: complete(...(did === null ? [] : [did])),
            bots: complete(...bots),
            routing: complete(...(routing === null ? [] : [routing])),
          },
          localNumbers: row === null ? [] : [row],
          keys: [reportOf(observation)],
          warnings: [{ section: 'available_dids', code: 'FETCH_FAILED', message: 'HTTP 502' }],
        },
      };
      return (await sync()).json.data;
    };

    it('each section in the documented rows, and no secret of a record', async () => {
      const data = await show(wired());
      expect(Object.keys(data)).toEqual([
        'clients',
        'dids',
        'available_dids',
        'bots',
        'routing',
        'local_phone_numbers',
        'readiness',
        'drift',
        'warnings',
      ]);
      expect(data.clients).toEqual([
        {
          id: 415,
          first_name: 'Asha',
          last_name: null,
          username: 'asha.rao',
          email: 'asha@example.com',
          status: 1,
          channel_count: 5,
          raw: { ...client.raw, api_token: '[redacted]' },
        },
      ]);
      expect(data.dids).toMatchObject([{ id: 9812, did_id: 812, client_id: 415, status: 'active' }]);
      expect(data.bots).toEqual([{ id: 93, name: 'Vocobase', status: 1, raw: { b: 1 } }]);
      expect(data.routing).toMatchObject([{ id: 120, for_inbound_call: 1, outbound_websocket_bot_id: 93 }]);
      expect(data.local_phone_numbers).toEqual([
        {
          id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
          phone_number: `+${KEY}`,
          friendly_name: KEY,
          status: 'ACTIVE',
          is_default: false,
          inbound_enabled: true,
          agent: { id: gateway.tenant.agentId, name: 'Sales Agent' },
          created_at: NOW.toISOString(),
          updated_at: NOW.toISOString(),
        },
      ]);
      expect(data.warnings).toEqual([{ section: 'available_dids', code: 'FETCH_FAILED', message: 'HTTP 502' }]);
    });

    it('an error when the first rows cannot be made, and nothing whole when later ones cannot', async () => {
      const unreadable = {
        ...aBot(),
        get raw(): never {
          throw new Error('defect');
        },
      };
      const withBots = (rows: readonly RemoteBot[]) =>
        syncOf({ ...EMPTY_VIEW.snapshot, bots: { status: 'complete', rows } });
      const many = Array.from({ length: 2000 }, () => aBot());
      expect(await withBots([aBot(), unreadable])).toMatchObject({ status: 500 });
      await expect(withBots([...many, unreadable])).rejects.toThrow();
      expect((await withBots(many)).json.data).toMatchObject({ bots: { length: many.length } });
    });

    it('no drift of a number that is ready, or of which nothing is known', async () => {
      const ready = await show(wired());
      expect([ready.readiness[0]?.state, ready.drift]).toEqual(['READY', []]);
      const unknown = await show({ ...wired(), unknown: ['dids'] });
      expect([unknown.readiness[0]?.state, unknown.drift]).toEqual(['UNKNOWN', []]);
    });

    it('a verdict that is only remembered as stale, and no other', async () => {
      await show(unwired());
      const { synced } = gateway.world.provisioner;
      if (synced.kind !== 'synced') throw new Error('It is set above.');
      const [report] = synced.view.keys;
      if (report === undefined) throw new Error('There is one.');
      for (const stale of [undefined, true] as const) {
        const keys = [{ ...report, ...(stale && { stale }) }];
        gateway.world.provisioner.synced = { kind: 'synced', view: { ...synced.view, keys } };
        const { readiness, drift } = (await sync({})).json.data as SyncDto;
        for (const row of [readiness[0], drift[0]]) {
          expect(row).toMatchObject({ state: 'NO_BOT' });
          expect(row?.stale).toBe(stale);
        }
      }
    });

    it('drift with the first action, and the ids that are known', async () => {
      const data = await show(unwired());
      expect(data.readiness[0]?.actions).toHaveLength(2);
      expect(data.drift).toEqual([
        {
          key: KEY,
          phone_number: `+${KEY}`,
          state: 'NO_BOT',
          action: 'Create an active VoiceLink WebSocket bot for the mapped client',
          did_id: 812,
          client_id: 415,
          local_phone_number_id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
        },
      ]);
    });

    it('a status code of VoiceLink by its label', async () => {
      const { did } = wired();
      if (did === null) throw new Error('no DID');
      const labelled = { ...did, status: '1', raw: { status: 1, status_label: 'Active ' } };
      expect((await show({ ...wired(), did: labelled })).dids[0]?.status).toBe('active');
      expect((await show({ ...wired(), did: { ...did, status: '1', raw: {} } })).dids[0]?.status).toBe('1');
    });

    it.each([
      ['the mark of VoiceLink, whatever the date', { isExpired: false, expiresAt: 0 }, false],
      ['a date that has passed, where there is no mark', { isExpired: null, expiresAt: SEEN_AT - 1 }, true],
      ['a date to come, where there is no mark', { isExpired: null, expiresAt: SEEN_AT + 1 }, false],
      ['neither', { isExpired: null, expiresAt: null }, false],
    ])('whether a number is expired by %s', async (_name, given, want) => {
      const { did } = wired();
      if (did === null) throw new Error('no DID');
      const data = await show({ ...wired(), observedAt: SEEN_AT, did: { ...did, ...given } });
      expect(data.dids[0]?.is_expired).toBe(want);
      expect(data.readiness[0]?.remote_did?.is_expired).toBe(want);
      expect(data.readiness[0]?.state).toBe(want ? 'REMOTE_DID_EXPIRED' : 'READY');
    });

    it('secrets of records however deep they are, and whatever they are called', async () => {
      const raw = {
        trunk: [{ registration_password: 'hush', Password: 'hush', secret: { inner: 'hush' }, host: 'sip.example' }],
        access_token: 'hush',
        apiKey: 'hush',
        token: null,
      };
      const { did, bots, routing } = wired();
      if (did === null || routing === null) throw new Error('no DID or no routing');
      const data = await show({
        ...wired(),
        did: { ...did, raw },
        bots: bots.map((bot) => ({ ...bot, raw })),
        routing: { ...routing, raw },
      });
      expect(JSON.stringify(data)).not.toContain('hush');
      const shown = { trunk: [{ host: 'sip.example' }], token: null };
      const { remote_did, bot, routing: readyRouting } = data.readiness[0] ?? {};
      for (const row of [data.dids[0], data.bots[0], data.routing[0], remote_did, bot, readyRouting]) {
        expect(row?.raw).toMatchObject(shown);
      }
    });

    it('a failed step as an answer, not as an error', async () => {
      const answer = await callReady({ did_id: 4711 });
      const data = answer.json.data as CallReadyDto;
      expect([answer.status, answer.json.success]).toEqual([200, true]);
      expect(Object.keys(data)).toEqual(['phone_number', 'key', 'ready', 'steps', 'readiness_before', 'readiness']);
      expect(data).toMatchObject({
        phone_number: null,
        key: null,
        ready: false,
        readiness_before: null,
        readiness: null,
      });
      expect(data.steps).toHaveLength(6);
    });

    it('readiness before and after as the rows of sync', async () => {
      gateway.world.provisioner.finished = {
        kind: 'finished',
        result: { key: KEY, ready: true, steps: [], before: reportOf(unwired()), after: reportOf(wired()) },
      };
      const data = (await callReady({ did_id: 812 })).json.data as CallReadyDto;
      expect(data).toMatchObject({ phone_number: `+${KEY}`, key: KEY, ready: true });
      expect(data.readiness_before).toEqual((await show(unwired())).readiness[0]);
      expect(data.readiness).toEqual((await show(wired())).readiness[0]);
    });

    it('the first answer to a request that is repeated with its Idempotency-Key', async () => {
      const ask = () => gateway.ask('POST', SYNC, { body: {}, headers: { 'idempotency-key': 'one' } });
      const first = await ask();
      const again = await ask();
      expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
      const unguarded = await sync({});
      expect([again.headers['content-type'], unguarded.text]).toEqual([unguarded.headers['content-type'], first.text]);
      expect(gateway.world.provisioner.asked).toHaveLength(2);
    });
  });
});
