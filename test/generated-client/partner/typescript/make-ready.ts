// A partner's program: it knows the API only by the client that was generated from the OpenAPI document. It stands alone,
// and is compiled beside that client by generated-client.int-spec.ts.
import {
  createAgent,
  createConnection,
  createVoiceLinkClient,
  declareBinding,
  getBinding,
  getIssuePage,
  listAvailableVoiceLinkDids,
  listDrift,
  listReadiness,
  makeCallReady,
  mapVoiceLinkDid,
  startCall,
  syncVoiceLink,
  type CallReadyBodyWithDidId,
  type ReadinessRowDto,
} from './client/index.js';
import { client } from './client/client.gen.js';

const [baseUrl = '', apiKey = '', voicelinkUrl = '', username = '', password = ''] = process.argv.slice(2);
client.setConfig({ baseUrl, auth: apiKey, throwOnError: true });

const need = (value: unknown, what: string): number => {
  if (typeof value === 'number') return value;
  throw new Error(`There is no ${what}: ${JSON.stringify(value)}`);
};

const connection = await createConnection<true>({
  body: { provider: 'voicelink', name: 'Generated', base_url: voicelinkUrl, username, password },
});
const connectionId: string = connection.data.data.connection.connection_id;
const agent = await createAgent<true>({ body: { agent_name: 'Generated agent' } });

const created = await createVoiceLinkClient<true>({
  headers: { 'Idempotency-Key': 'create-client-1' },
  body: {
    first_name: 'Asha',
    last_name: 'Rao',
    username: 'asha.generated',
    email: 'asha@example.com',
    password: 'a password of VoiceLink',
    channel_count: 1,
  },
});
// VoiceLink's own answer: its shape is not ours, so that its type is unknown.
const record = created.data.data['data'] as { client_id?: unknown } | undefined;
const clientId = need(record?.client_id, 'client_id');

const available = await listAvailableVoiceLinkDids<true>({ query: { connection_id: connectionId, per_page: 100 } });
const fresh = available.data.data.data?.find((did) => did['user_status'] === 1);
const didId = need(fresh?.did_id, 'available DID');
await mapVoiceLinkDid<true>({ body: { client_id: clientId, did_id: didId, call_recording: 0 } });

const before = await syncVoiceLink<true>({ body: {} });
const state: ReadinessRowDto['state'] | undefined = before.data.data.readiness.find(
  (row) => row.remote_did?.did_id === didId,
)?.state;
const page = await getIssuePage<true>({ path: { issue: state === 'NO_BOT' ? state : 'UNKNOWN' } });

const body: CallReadyBodyWithDidId = { did_id: didId, agent_id: agent.data.data.id };
const ready = await makeCallReady<true>({ body });
const rows = await listReadiness<true>({ query: { state: 'READY' } });
const call = await startCall<true>({
  body: { agent_id: agent.data.data.id, to_number: '+919876543210', provider: 'voicelink' },
});

const key = ready.data.data.key ?? '';
await declareBinding<true>({ path: { key }, body: { agent_id: agent.data.data.id } });
const readState = async (): Promise<string> => (await getBinding<true>({ path: { key } })).data.data.readiness.state;
let declared = await readState();
for (let tries = 0; declared !== 'READY' && tries < 300; tries += 1) {
  await new Promise((resume) => setTimeout(resume, 200));
  declared = await readState();
}
const drift = await listDrift<true>();

const refused = await makeCallReady({ body: { did_id: didId, agent_id: 'nobody' }, throwOnError: false });

process.stdout.write(
  JSON.stringify({
    before: state,
    page: page.data.includes('<h1>'),
    ready: ready.data.data.ready,
    steps: ready.data.data.steps.map(({ step, status }) => `${step} ${status}`),
    state: ready.data.data.readiness?.state,
    listed: rows.data.data.readiness.length,
    call: call.data.data.status,
    refused: refused.error?.error.code,
    declared,
    drift: drift.data.data.drift.some((row) => row.key === key),
  }),
);

// The types say no to what the gateway would refuse.
export const wrong = (): readonly unknown[] => [
  // @ts-expect-error -- a client needs a name and more
  createVoiceLinkClient({ body: { first_name: 'Asha' } }),
  // @ts-expect-error -- ids are numbers
  makeCallReady({ body: { did_id: '812' } }),
  // @ts-expect-error -- which number?
  makeCallReady({ body: { client_id: 415 } }),
  // @ts-expect-error -- there is no such field
  makeCallReady({ body: { did_id: 812, colour: 'red' } }),
  // @ts-expect-error -- there is no such provider
  createConnection({ body: { provider: 'smoke signals', name: 'x' } }),
  // @ts-expect-error -- there is no such state
  listReadiness({ query: { state: 'GREAT' } }),
  // @ts-expect-error -- 0 or 1
  mapVoiceLinkDid({ body: { client_id: 1, did_id: 1, call_recording: 2 } }),
];
