import {
  describeVoiceLinkAccount,
  type FreeDid,
  type VoiceLinkFault,
  type VoiceLinkHarness,
  type WriteOperation,
} from '@dialtone/testing';
import { createVoiceLinkAccount, type HttpVoiceLinkAccount } from '@dialtone/voicelink';
import { type Section } from '@dialtone/domain';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';

const TIMEOUT_MS = 500;

/** The simulator's admin API: arranging and meddling goes over HTTP too, so that only its contract is used. */
class Admin {
  constructor(private readonly simulator: RunningSimulator) {}

  async call<T>(method: string, path: string, body?: Readonly<Record<string, unknown>>): Promise<T> {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.simulator.adminUrl}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async post(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.call('POST', path, body);
  }
}

interface JournalEntry {
  readonly endpoint: WriteOperation;
  readonly effect: boolean;
}

const LIST_ENDPOINTS: Readonly<Record<Section, string>> = {
  clients: 'clients.list',
  dids: 'dids.purchased',
  available_dids: 'dids.available',
  bots: 'bots.list',
  routing: 'routing.list',
};

/** Fault kinds of the contract in the simulator's words; those that are missing have the same name there. */
const KINDS: Partial<Record<VoiceLinkFault['kind'], Readonly<Record<string, unknown>>>> = {
  fail: { kind: 'status', status: 503 },
  truncate: { kind: 'truncated_list' },
  refuse: { kind: 'status_false' },
  error: { kind: 'status', status: 500 },
};

const faultBody = (fault: VoiceLinkFault): Readonly<Record<string, unknown>> => ({
  endpoint: fault.kind === 'fail' || fault.kind === 'truncate' ? LIST_ENDPOINTS[fault.on] : fault.on,
  kind: fault.kind,
  ...KINDS[fault.kind],
  ...(fault.kind === 'rate_limit' ? { retry_after: fault.retryAfterMs / 1000 } : {}),
  ...(fault.kind === 'late_effect' ? { ms: TIMEOUT_MS + fault.delayMs } : {}),
  ...(fault.times === Infinity ? {} : { times: fault.times ?? 1 }),
});

const openAccount = (simulator: RunningSimulator, dryRun: boolean): HttpVoiceLinkAccount =>
  createVoiceLinkAccount({
    baseUrl: simulator.url,
    credentials: simulator.credentials,
    dryRun,
    timeouts: { totalMs: TIMEOUT_MS },
    readRetry: { baseMs: 1 },
    pageSize: { dids: 7, bots: 3 },
  });

/** A real server and real HTTP; `behaviour` picks another reading of what the notes call unknown. */
const makeHarness = async (
  behaviour: NonNullable<Parameters<typeof startSimulator>[0]>['behaviour'] = {},
): Promise<VoiceLinkHarness> => {
  const simulator = await startSimulator({ dids: 60, behaviour });
  const admin = new Admin(simulator);
  const [account, dryRunAccount] = [openAccount(simulator, false), openAccount(simulator, true)];
  const free = await freeDids(admin, account);
  const clients = (await admin.call<{ rows: { id: number }[] }>('GET', '/clients')).rows.map(({ id }) => id);
  await admin.post('/bots', { client_id: clients[0], bot_name: 'hooked', webhook_url: 'https://voice.example/events' });
  await admin.call('DELETE', '/journal');
  return {
    account,
    dryRunAccount,
    freeDid: () => Promise.resolve(taken(free)),
    clientId: () => Promise.resolve(taken(clients)),
    meddle: meddlerOf(admin),
    inject: (fault) => admin.post('/faults', faultBody(fault)),
    journal: async () => (await journalOf(admin)).map(({ endpoint, effect }) => ({ operation: endpoint, effect })),
    settleLate: async () => {
      while (!(await journalOf(admin)).every(({ effect }) => effect))
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    close: async () => {
      await Promise.all([account.close(), dryRunAccount.close()]);
      await simulator.stop();
    },
  };
};

const journalOf = async (admin: Admin): Promise<readonly JournalEntry[]> =>
  (await admin.call<{ entries: JournalEntry[] }>('GET', '/journal')).entries;

const freeDids = async (admin: Admin, account: HttpVoiceLinkAccount): Promise<FreeDid[]> => {
  const path = '/dids?mapped=false&routed=false&expired=false';
  const { rows } = await admin.call<{ rows: { did: { id: number } }[] }>('GET', path);
  const ids = new Set(rows.map(({ did }) => did.id));
  const listed = (await account.list('dids')).rows.filter(({ didId }) => ids.has(didId));
  return listed.map(({ didId, didNumber, key }) => ({ didId, didNumber, key }));
};

const meddlerOf = (admin: Admin): VoiceLinkHarness['meddle'] => ({
  unmap: ({ didId }) => admin.post(`/dids/${String(didId)}/unmap`),
  deleteDid: ({ didId }) => admin.call('DELETE', `/dids/${String(didId)}`),
  expire: ({ didId }) => admin.post(`/dids/${String(didId)}/expire`),
  deleteRouting: ({ didId }) => admin.post(`/dids/${String(didId)}/delete-routing`),
  editInbound: ({ didId }, mode) => admin.post(`/dids/${String(didId)}/edit-inbound`, { for_inbound_call: mode }),
  deactivateBot: (botId) => admin.post(`/bots/${String(botId)}/deactivate`),
  misreportBot: (botId) => admin.post(`/bots/${String(botId)}/misreport`),
});

const taken = <T>(pool: T[]): T => {
  const next = pool.shift();
  if (next === undefined) throw new Error('the seeded world is used up');
  return next;
};

describeVoiceLinkAccount('the HTTP adapter on the simulator', () => makeHarness());

describeVoiceLinkAccount('the HTTP adapter on a simulator of other habits', () =>
  makeHarness({
    short_numbers: 'yes',
    paging_numbers: 'string',
    is_expired: 'int',
    expiry_format: 'word',
    list_form: 'object',
    byte_order_mark: 'present',
    purchased_id: 'purchase_row',
    purchased_mapping_fields: 'present',
    client_active_field: 'is_active',
    success_status: 'absent',
    validation_errors: 'data',
    without_accept: 'redirect',
    login_revokes_tokens: 'no',
  }),
);
