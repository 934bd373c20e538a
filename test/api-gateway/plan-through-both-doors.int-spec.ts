import type { Bot, Routing } from '../../apps/voicelink-simulator/src/world/records';
import { BOT, DID, ROUTING, worldOf } from './documented-world';
import { DEFAULT_WEBSOCKET_URL, GatewayOnSimulator, type Tenant } from './gateway-on-simulator';

interface Step {
  readonly step: string;
  readonly status: 'already' | 'needed' | 'blocked' | 'skipped';
  readonly detail: string;
  readonly after: Readonly<Record<string, unknown>>;
}

interface Plan {
  readonly steps: readonly Step[];
  readonly calls: number;
}

interface Case {
  readonly name: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly mode?: 'enforce' | 'observe';
  readonly writesHeld?: boolean;
  readonly bots?: readonly Bot[];
  readonly routings?: readonly Routing[];
  /** The bot whose listed status was believed to be wrong for so long that it must be proven again. */
  readonly doubtedBotId?: number;
  /** The declaration is withdrawn, and this is to be undone. */
  readonly release?: 'outbound_off' | 'unassign_agent';
  /** The first step that is not done already. */
  readonly want: Pick<Step, 'step' | 'status'>;
}

/** Of our own endpoint: a stranger's bot is never activated. */
const off: Bot = { ...BOT, status: 0, websocketUrl: DEFAULT_WEBSOCKET_URL };
const elsewhere: Routing = { ...ROUTING, outboundBotId: 7 };

const CASES: readonly Case[] = [
  {
    name: 'enforce',
    reason: 'the reconciler repairs what the plan says',
    bots: [],
    routings: [],
    want: { step: 'ensure_bot', status: 'needed' },
  },
  {
    name: 'dry-run',
    reason: 'the deployment writes nothing, whatever the declaration says',
    dryRun: true,
    bots: [],
    routings: [],
    want: { step: 'ensure_bot', status: 'skipped' },
  },
  {
    name: 'observe',
    reason: 'the declaration only reports',
    mode: 'observe',
    routings: [elsewhere],
    want: { step: 'ensure_routing', status: 'skipped' },
  },
  {
    name: 'a hold',
    reason: 'an operator has to acknowledge it first',
    writesHeld: true,
    routings: [elsewhere],
    want: { step: 'ensure_routing', status: 'blocked' },
  },
  {
    name: 'a bot whose misreported mark is fresh',
    reason: 'the list is known to be wrong about it',
    bots: [{ ...off, misreported: true }],
    routings: [elsewhere],
    want: { step: 'ensure_routing', status: 'needed' },
  },
  {
    name: 'a bot of doubtful status',
    reason: 'it is activated once more, to find out whether the list is still wrong',
    bots: [off],
    doubtedBotId: BOT.id,
    want: { step: 'ensure_bot', status: 'needed' },
  },
  {
    name: 'a bot of doubtful status under dry-run',
    reason: 'nothing can be proven without a write',
    dryRun: true,
    bots: [off],
    routings: [elsewhere],
    doubtedBotId: BOT.id,
    want: { step: 'ensure_routing', status: 'skipped' },
  },
  {
    name: 'a bot of doubtful status under a hold',
    reason: 'nothing can be proven without a write',
    writesHeld: true,
    bots: [off],
    routings: [elsewhere],
    doubtedBotId: BOT.id,
    want: { step: 'ensure_routing', status: 'blocked' },
  },
  {
    name: 'a release that switches outbound calls off',
    reason: 'the reconciler sends one update, which the plan counts',
    release: 'outbound_off',
    want: { step: 'ensure_routing', status: 'needed' },
  },
  {
    name: 'a release that unassigns the agent',
    reason: 'the inventory changes, and VoiceLink is not asked',
    release: 'unassign_agent',
    want: { step: 'assign_agent', status: 'needed' },
  },
  {
    name: 'a release under dry-run',
    reason: 'the deployment writes nothing, also to undo',
    dryRun: true,
    release: 'outbound_off',
    want: { step: 'ensure_routing', status: 'skipped' },
  },
  {
    name: 'a release under a hold',
    reason: 'an operator has to acknowledge it first',
    writesHeld: true,
    release: 'outbound_off',
    want: { step: 'ensure_routing', status: 'blocked' },
  },
  {
    name: 'a release of a declaration that only observes',
    reason: 'its mode holds until the end',
    mode: 'observe',
    release: 'unassign_agent',
    want: { step: 'assign_agent', status: 'skipped' },
  },
];

/** The plan of GET …/plan and the plan that a reconcile carries out are made by one function from the same terms. */
describe.each(CASES)('$name: GET …/plan and a reconcile say the same', (given) => {
  let gateway: GatewayOnSimulator;
  let tenant: Tenant;

  beforeAll(async () => {
    gateway = await GatewayOnSimulator.start(given.dryRun === true ? { DRY_RUN: 'true' } : {});
    tenant = await gateway.addTenant('both doors');
  });
  afterAll(() => gateway.close());

  const path = `/api/v2/voicelink/bindings/${DID.number}`;
  const planned = async (): Promise<Plan> => {
    const answer = await gateway.ask('GET', `${path}/plan`, { apiKey: tenant.apiKey });
    expect(answer.status).toBe(200);
    return answer.json.data as unknown as Plan;
  };
  /** What a release has left: fields of the routing record by the names of the plan, and the agent of the inventory. */
  const left = async (): Promise<Readonly<Record<string, unknown>>> => {
    const routing = gateway.simulator.simulator.world.routings[0];
    const local = await gateway.stores.phoneNumbers.find(tenant.connectionId, DID.number as never);
    return {
      for_inbound_call: routing?.forInboundCall,
      for_outbound_call: routing?.forOutboundCall,
      inbound_websocket_bot_id: routing?.inboundBotId,
      inbound_sip_trunk_id: routing?.inboundTrunkId,
      outbound_websocket_bot_id: routing?.outboundBotId,
      outbound_sip_trunk_id: routing?.outboundTrunkId,
      status: routing?.status,
      agent_id: local?.agentId,
    };
  };

  const arrange = async (): Promise<void> => {
    const { bots = [BOT], routings = [ROUTING], mode = 'enforce' } = given;
    gateway.simulator.simulator.world = worldOf({ bots, routings });
    const { apiKey, agentId, connectionId } = tenant;
    const { stores } = gateway;
    await stores.phoneNumbers.import({
      partnerId: tenant.partnerId,
      connectionId,
      key: DID.number as never,
      friendlyName: DID.number,
    });
    await stores.phoneNumbers.assignAgent({
      partnerId: tenant.partnerId,
      connectionId,
      key: DID.number as never,
      agentId,
    });
    for (const { id, misreported } of bots) {
      if (misreported || given.doubtedBotId === id) {
        await stores.voiceLinkConnections.markMisreportedBot(connectionId, id);
      }
    }
    if (given.doubtedBotId !== undefined) {
      await gateway.source.query(`update misreported_bots set marked_at = now() - interval '2 hours'`);
    }
    const declared = await gateway.ask('PUT', path, { apiKey, body: { agent_id: agentId, mode } });
    expect(declared.status).toBe(201);
    await gateway.sweep();
    if (given.release !== undefined) {
      const withdrawn = await gateway.ask('DELETE', `${path}?release=${given.release}`, { apiKey });
      expect(withdrawn.status).toBe(202);
    }
    if (given.writesHeld === true) await stores.voiceLinkConnections.holdWrites(connectionId, 'too much broke');
  };

  it(`${given.want.step} is ${given.want.status}: ${given.reason}`, async () => {
    await arrange();
    const { steps, calls } = await planned();
    const first = steps.find(({ status }) => status !== 'already');
    expect(first).toMatchObject(given.want);
    const writesBefore = gateway.steps.length;
    const [claimed] = await gateway.engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    const outcome = await gateway.engine.reconcile(claimed);
    const taken = gateway.steps.slice(writesBefore);
    expect(gateway.simulator.simulator.journal.entries).toHaveLength(calls);
    if (first?.status !== 'needed') {
      expect(taken).toEqual([]);
      expect(outcome).toMatchObject({ kind: 'stalled', message: first?.detail });
    } else if (given.release === undefined) {
      expect(taken[0]).toMatchObject({ step: first.step, detail: first.detail });
    } else {
      expect(outcome).toEqual({ kind: 'settled' });
      expect(await left()).toMatchObject(first.after);
    }
  });
});
